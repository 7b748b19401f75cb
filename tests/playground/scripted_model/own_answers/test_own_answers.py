"""Promises of answers of one's own: what fits first is said or called, and a bad file is named with its line."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.own_answers.answers_file import AnswersFile
from playground.scripted_model.own_answers.entries import BadAnswersError, read_entries
from playground.scripted_model.own_answers.patterns import pattern
from playground.scripted_model.talk.capabilities import IS_SCRIPT
from playground.settings import PlaygroundSettings
from tests.support.playground.scripted_talk import Talk, tool

REFUND = tool("refund_order", "Refund an order.", order={"type": "string"}, amount={"type": "number"})
ANSWERS = """
- when: hello
  say:
    - Hello! I am the order desk.
    - Hello once more!

- when:
    - refund order {order} with {amount}
    - give back {amount} for {order}
  call: refund_order
  with:
    order: "{order}"
    amount: "{amount}"
  say: "Order {order}: {result.state} ({result})"
  otherwise: "Order {order} was not refunded."

- when: '/bug #?(?P<number>\\d+)/'
  say: I will look at bug {number}.

- when: status of * please
  call: standup

- when: no such tool
  call: nothing_like_it
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "answers.yml"
    written.write_text(ANSWERS)
    return written


def talk(path: Path, response: Mapping[str, Any] | None = None) -> Talk:
    given = response or {"output": {"state": "refunded"}}
    model = ScriptedModel(own=AnswersFile(path))
    return Talk(REFUND, tool("standup"), model=model, respond=lambda _name, _args: given)


def test_what_fits_is_said_as_it_stands_and_on_try_again_the_next(path: Path) -> None:
    one = talk(path)

    assert one.say("Hello, desk!") == "Hello! I am the order desk."
    assert one.try_again() == "Hello once more!"
    assert one.try_again() == "Hello! I am the order desk."
    assert one.say("see bug #17") == "I will look at bug 17."


def test_the_note_that_it_is_a_script_stands_only_below_answers_of_its_own(path: Path) -> None:
    one = talk(path)
    one.say("hello")
    one.say("what day is it?")

    own, other = (content["parts"][0]["text"] for content in one.contents if content["role"] == "model")
    assert IS_SCRIPT not in own
    assert IS_SCRIPT in other


@pytest.mark.parametrize("text", ["please refund order A-1 with 12.50.", "give back 12.50 for A-1"])
def test_a_tool_is_called_with_what_the_message_says_as_the_tool_takes_it(path: Path, text: str) -> None:
    one = talk(path)

    assert one.say(text) == "Order A-1: refunded (state refunded)"
    assert one.calls == [("refund_order", {"order": "A-1", "amount": 12.5})]


@pytest.mark.parametrize(
    "response", [{"error": "No."}, {"outcome": "rejected", "note": "n"}, {"outcome": "expired", "note": "n"}]
)
def test_a_call_that_did_not_work_is_not_told_as_one_that_did(path: Path, response: Mapping[str, Any]) -> None:
    assert talk(path, response).say("refund order A-1 with 5") == "Order A-1 was not refunded."


def test_without_words_for_it_the_result_is_told_as_that_of_any_tool(path: Path) -> None:
    assert talk(path).say("status of everything please") == "**Standup**: state refunded"


def test_a_tool_that_the_agent_does_not_have_is_named(path: Path) -> None:
    assert (
        talk(path).say("no such tool")
        == "I am to call `nothing_like_it` here, but this agent has no tool of that name."
    )


def test_what_does_not_fit_is_answered_as_always(path: Path) -> None:
    assert talk(path).say("thanks") == "You are welcome."


@pytest.mark.parametrize(
    ("written", "text", "captured"),
    [
        ("order", "My Order is late", {}),
        ("order", "reorder", None),
        ("two  words", "two\nwords!", {}),
        ("what? (really)", "what? (really)", {}),
        ("a * b", "a and then b", {}),
        ("from {one} to {other}", "go from A to B c.", {"one": "A", "other": "B c"}),
        ("the {one} of the {other} is * red", "the end of the day is very red", {"one": "end", "other": "day"}),
        ("a * b * c", "a and b", None),
        ("{all}", "anything at all", {"all": "anything at all"}),
        ("*", "", {}),
        ("/^x(?P<n>\\d)?$/", "x", {"n": ""}),
    ],
)
def test_words_stand_in_the_message_in_their_order(written: str, text: str, captured: dict[str, str] | None) -> None:
    assert pattern(written).captured(text) == captured


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("- when: a\n  say: [b", "line 2: cannot be read as YAML"),
        ("when: a\nsay: b\n", "line 1: has to be a list: each answer begins with `- when:`"),
        ("- a\n", "line 1: is no answer: it has to begin with `when:`"),
        ("- when: a\n  say: b\n- whenn: a\n  say: b\n", "line 3: `whenn` is no field: there are when, say, call"),
        ("- say: b\n", "line 1: `when` is missing"),
        ("- when: a\n", "line 1: `say` or `call` is missing"),
        ("- when: a\n  say: b\n  say: c\n", "line 3: `say` stands here twice"),
        ("- when: a\n  say: yes\n", "line 2: `say` has to be a text, or a list of texts"),
        ("- when: 12\n  say: b\n", "line 1: `when` has to be a text"),
        ("- when: a\n  say: b\n  with: {x: 1}\n", "line 3: `with` has no use without `call`"),
        ("- when: a\n  call: b\n  with: [x]\n", "line 3: `with` has to hold the arguments"),
        ("- when: a\n  call: [b]\n", "line 2: `call` has to be a text"),
        ("- when: /(/\n  say: b\n", "line 1: `when`: /(/ is no regular expression"),
        ("- when: /a #(?P<n>x)/\n  say: b\n", "line 1: `when`: /a begins with a slash and does not end with one"),
        ("- when: a {x} {x}\n  say: b\n", "line 1: `when`: a name stands in it twice"),
        ("- when: a {x}\n  say: b {y}\n", "line 2: `say` names {y}, which `when` does not capture"),
        ("- when: a\n  say: b {result}\n", "line 2: `say` names {result}"),
        ("- when: ['a {x}', b]\n  say: c {x}\n", "line 2: `say` names {x}"),
        ("- when: a\n  call: b\n  with: {x: .inf}\n", "line 3: .inf is no number"),
        ("- when: a\n  call: b\n  with: {x: !!set {y}}\n", "line 3: holds a value of a kind that is not taken"),
        ("- when: a\n  call: b\n  with: &w {x: *w}\n", "line 3: aliases"),
        (f"- when: a\n  say: {'[' * 2000}\n", "line 2: has more than 30 levels"),
        (f"- when: a\n  say: {'9' * 5000}\n", "line 2: holds a number that is too long"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_line(source: str, problem: str) -> None:
    with pytest.raises(BadAnswersError) as raised:
        read_entries(source, "answers.yml")

    assert f"answers.yml, {problem}" in str(raised.value)


def test_a_date_among_the_arguments_is_the_text_that_stands_there() -> None:
    (entry,) = read_entries("- when: a\n  call: b\n  with: {due: 2026-11-27, not_there: 2026-02-31}\n", "answers.yml")

    assert entry.arguments == {"due": "2026-11-27", "not_there": "2026-02-31"}


@pytest.mark.parametrize(
    ("written", "text"), [("a * b * c", "a b " * 1000), ("{a} to {b} at {c} now", "x to y at " * 400)]
)
def test_a_message_that_nearly_fits_costs_no_more_than_a_moment(written: str, text: str) -> None:
    """With one try for each way to share the words among the wildcards, this would not end within the test's limit."""
    assert pattern(written).captured(text) is None


def test_all_that_is_wrong_is_named_together() -> None:
    with pytest.raises(BadAnswersError, match=r"line 2: .*; answers\.yml, line 3: "):
        read_entries("- when: a\n  say: b {y}\n- say: c\n", "answers.yml")


def test_an_empty_file_has_no_answers() -> None:
    assert read_entries("# nothing yet\n", "answers.yml") == []


def test_the_setting_refuses_a_bad_file_and_one_that_is_not_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_SCRIPT", str(path))
    assert PlaygroundSettings().playground_script == path
    path.write_text("- whenn: a\n  say: b\n")
    with pytest.raises(ValueError, match="line 1: `whenn` is no field"):
        PlaygroundSettings()
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ValueError, match="is no text in UTF-8"):
        PlaygroundSettings()
    path.unlink()
    with pytest.raises(ValueError, match="cannot be read: No such file"):
        PlaygroundSettings()


def test_a_change_counts_at_once_and_a_bad_one_not_until_it_is_mended(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = talk(path)

    def changed(source: str) -> str:
        path.write_text(source)
        os.utime(path, ns=(1, len(source)))  # also where the clock of the files is coarse
        return one.say("hello")

    assert changed("- when: hello\n  say: New words.\n") == "New words."
    with caplog.at_level(logging.WARNING):
        assert changed("- when: hello\n  sai: Oops\n") == "New words."
    assert "line 2: `sai` is no field" in str(caplog.records[-1].__dict__["reason"])
    assert changed("- when: hello\n  say: Mended.\n") == "Mended."
