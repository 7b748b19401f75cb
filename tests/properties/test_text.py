"""Promises of reading Slack's text: nothing stops it, and what a person typed is what the agent reads."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent_worker.conversation.wording.message_text import message_text
from agent_worker.conversation.wording.slack_markup import plain
from tests.support.examples import examples
from tests.support.properties.strategies import FRAGMENTS, Written, hostile_text, json_objects, json_values, texts_of

NAMES = {"U2": "ben", "C1": "general"}
TYPES = ("rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "section")
MORE_TYPES = (
    "header",
    "context",
    "markdown",
    "table",
    "data_table",
    "image",
    "actions",
    "text",
    "link",
    "user",
    "emoji",
)
KEYS = ("type", "text", "blocks", "elements", "rows", "style", "indent", "offset", "border", "url", "user_id", "name")
MORE_KEYS = ("files", "fields", "title", "title_link", "value", "attachments", "message_blocks", "message", "bot_id")
slack_objects: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(TYPES + MORE_TYPES) | json_values,
    lambda inner: st.lists(inner, max_size=3) | json_objects(st.sampled_from(KEYS + MORE_KEYS), inner=inner),
    max_leaves=12,
)


def read(text: str) -> str:
    return plain(text, bot_user_id="UBOT", names=NAMES)


def escaped(typed: str) -> str:
    """As Slack does with what a person types."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(json_objects(st.sampled_from(KEYS + MORE_KEYS), inner=slack_objects))
@example(
    {"blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_list", "indent": 10**9, "elements": [{}]}]}]}
)
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
def test_a_message_with_anything_in_any_place_is_read(message: dict[str, Any]) -> None:
    assert isinstance(message_text(message, bot_user_id="UBOT", names=NAMES), str)


@given(texts_of(st.sampled_from(FRAGMENTS)))
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
def test_any_text_is_read_without_the_bots_own_mention(written: Written) -> None:
    nothing_escaped = written.text.replace("&", "and ")

    assert "<@UBOT>" not in read(nothing_escaped)


@given(texts_of(st.sampled_from(FRAGMENTS) | st.text(max_size=4)))
@example(Written((("&lt;@U1&gt; &amp;amp;", 1),)))
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
def test_what_a_person_typed_is_what_the_agent_reads(written: Written) -> None:
    assert read(escaped(written.text)) == written.text


@given(hostile_text)
def test_a_mention_in_front_takes_nothing_from_what_was_typed(typed: str) -> None:
    said = f"hi {typed}"

    assert read(f"<@UBOT> {escaped(said)}") == said


@given(hostile_text, hostile_text)
def test_what_stands_around_another_mention_stays(before: str, after: str) -> None:
    assert read(f"{escaped(before)}<@U2>{escaped(after)}") == f"{before}@ben{after}"
