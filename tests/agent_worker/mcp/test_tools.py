"""A server's tool as the model and people see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.types import Tool

from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.mcp.secrets import Secrets
from agent_worker.mcp.server import Server
from agent_worker.mcp.tools import McpTool, name_of, tools_of
from agent_worker.toolbox.definition import _GEMINI_NAME


def server_with(*tools: dict[str, Any], **configuration: Any) -> Server:
    server = Server(ServerConfiguration("odd", "x", **configuration))
    server.listed = tuple(Tool.model_validate({"inputSchema": {"type": "object"}, **tool}) for tool in tools)
    return server


def only_tool(**tool: Any) -> McpTool:
    (made,) = tools_of(server_with(tool))[0].values()
    return made


@given(st.text(min_size=1, max_size=300))
def test_every_name_becomes_one_that_gemini_takes(name: str) -> None:
    assert _GEMINI_NAME.fullmatch(name_of("odd", name))


def test_a_name_that_fits_stays_and_others_are_told_apart_by_a_digest() -> None:
    assert name_of("odd", "get-issue") == "odd__get-issue"
    changed = {name_of("odd", name) for name in ("a b", "a_b", "a/b", "x" * 200, "x" * 201)}
    assert len(changed) == 5
    assert all(re.fullmatch(r"odd__a_b(_[0-9a-f]{8})?|odd__x+_[0-9a-f]{8}", name) for name in changed)


def test_no_tool_takes_the_name_of_another_of_its_server() -> None:
    taken = name_of("odd", "a b").removeprefix("odd__")

    made, left_out = tools_of(server_with({"name": "a b"}, {"name": taken}))

    assert list(made) == [f"odd__{taken}"]
    assert left_out == {taken: "another tool of the server has this name"}


def test_tools_that_the_operator_does_not_allow_are_not_there() -> None:
    made, left_out = tools_of(server_with({"name": "get"}, {"name": "put"}, allowed_tools=("get",)))

    assert (list(made), left_out) == (["odd__get"], {})


def test_a_tool_that_cannot_be_understood_leaves_the_others_alone() -> None:
    server = server_with({"name": "good"})
    nonsense: dict[str, Any] = {"name": "bad", "input_schema": {}, "description": 5}
    server.listed += (Tool.model_construct(**nonsense),)

    made, left_out = tools_of(server)

    assert (list(made), list(left_out)) == (["odd__good"], ["bad"])
    assert left_out["bad"].startswith("its description cannot be understood")


def test_a_secret_that_the_server_puts_into_its_list_is_hidden() -> None:
    described = {"name": "get", "title": "for key-4711-secret", "description": "with key-4711-secret\nand more"}
    schema = {"type": "object", "properties": {"a": {"default": "key-4711-secret"}}}
    server = server_with({**described, "inputSchema": schema}, secrets=Secrets(["key-4711-secret"]))
    (tool,) = tools_of(server)[0].values()

    assert (tool.title, tool.summary) == ("odd: for …", "odd: with …")
    assert "key-4711-secret" not in str(tool.declaration())


def test_people_see_the_server_and_the_title() -> None:
    assert only_tool(name="get", title="Get\nit").title == "odd: Get it"
    assert only_tool(name="get", annotations={"title": "Get it"}).title == "odd: Get it"
    assert only_tool(name="get").policy({"a": 1}).title == "odd: get"


def test_the_description_is_named_as_the_servers_and_capped() -> None:
    described = only_tool(name="get", description="x" * 5000).declaration()["description"]

    assert described.startswith("A tool of the server odd, which says of it: xxx")
    assert len(described) < 2100


@pytest.mark.parametrize("hint", ["readOnlyHint", "idempotentHint"])
def test_a_call_is_only_repeated_for_a_server_that_is_trusted(hint: str) -> None:
    tool = {"name": "get", "annotations": {hint: True}}

    (trusted,) = tools_of(server_with(tool, trust_annotations=True))[0].values()
    (other,) = tools_of(server_with(tool))[0].values()
    (unhinted,) = tools_of(server_with({"name": "get"}, trust_annotations=True))[0].values()

    assert [each.policy({}).attempts for each in (trusted, other, unhinted)] == [3, 1, 1]
    assert [each.policy({}).unknown_if_lost for each in (trusted, other, unhinted)] == [False, True, True]


def test_the_digest_changes_with_what_the_model_is_told() -> None:
    first = only_tool(name="get", description="a")

    assert first.digest == only_tool(name="get", description="a").digest
    assert first.digest != only_tool(name="get", description="b").digest
    assert first.digest != only_tool(name="get", description="a", inputSchema={"type": "object", "x": 1}).digest
