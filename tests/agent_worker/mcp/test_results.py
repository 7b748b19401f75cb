"""What servers answer, as the model reads it."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.types import CallToolResult

from agent_worker.mcp.attachments import Attachments
from agent_worker.mcp.results import read_result
from agent_worker.mcp.secrets import Secrets
from agent_worker.payloads.storage_limits import is_too_deep, size_of
from agent_worker.toolbox.open_toolbox import LARGEST_RESULT


def read(*content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    result = CallToolResult.model_validate({"content": content, **fields})
    return read_result("odd", result, Attachments({}), Secrets(["secret-4711"]))


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def test_texts_stand_below_each_other() -> None:
    assert read(text("one"), text("two")) == {"output": "one\n\ntwo"}


def test_data_that_the_text_repeats_is_given_once() -> None:
    assert read(text('{"a": 1}'), structuredContent={"a": 1}) == {"output": {"a": 1}}
    assert read(text("said"), structuredContent={"result": "said"}) == {"output": "said"}


def test_data_and_a_text_that_says_something_else_are_both_given() -> None:
    assert read(text("two found"), structuredContent={"a": 1}) == {
        "output": {"text": "two found", "structured": {"a": 1}}
    }


def test_an_error_is_an_error_with_the_servers_words() -> None:
    assert read(text("no such page"), isError=True) == {"error": "no such page"}
    assert read(isError=True) == {"error": "The server odd says that the call has failed, and not why."}


def test_texts_of_resources_are_read_and_links_are_named() -> None:
    result = read(
        {"type": "resource", "resource": {"uri": "file:///a.txt", "text": "inside"}},
        {"type": "resource_link", "name": "b", "uri": "file:///b", "description": "the other"},
    )

    assert result["output"].split("\n\n") == [
        "[resource file:///a.txt]\ninside",
        "[resource b at file:///b: the other]",
    ]


@pytest.mark.parametrize("filling", ["x", "é", '"', "\n", "😀"])
def test_whatever_it_holds_a_large_result_is_cut_to_what_history_takes(filling: str) -> None:
    for result in (read(text(filling * 200_000)), read(structuredContent={"a": [filling * 200_000]})):
        assert LARGEST_RESULT * 0.8 < size_of(result) <= LARGEST_RESULT
        assert "cut: this is the beginning" in result["output"]


def test_a_result_with_too_many_levels_is_left_out() -> None:
    deep: Any = 1
    for _ in range(150):
        deep = [deep]

    result = read(text("deep"), structuredContent={"a": deep})

    assert result == {"output": "deep\n\n[the structured result has more levels than can be read]"}
    assert not is_too_deep(result)


def test_secrets_and_characters_that_cannot_be_stored_are_replaced() -> None:
    assert read(text("secret-4711 \ud800"), structuredContent={"secret-4711": "x"}) == {
        "output": {"text": "… ?", "structured": {"…": "x"}}
    }


def test_a_name_that_is_cut_does_not_keep_half_of_a_secret() -> None:
    link = {"type": "resource_link", "name": "b", "uri": "https://example.com/" + "x" * 172 + "secret-4711"}

    assert "secret" not in read(link)["output"]
