"""Servers that answer what nobody expects: no call is made twice, nothing is believed, and the worker goes on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent_worker.mcp import listing
from agent_worker.mcp import server as server_module
from agent_worker.mcp.__main__ import report
from agent_worker.mcp.secrets import Secrets
from agent_worker.mcp.source import McpServers
from tests.support.agent_worker.attaching import Shelf
from tests.support.mcp.servers import calls_of, connected, misbehaving, scripted, until

pytestmark = pytest.mark.usefixtures("processes")


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "FIRST_PAUSE", 0.05)


def failed(code: int) -> str:
    error = json.dumps({"code": code, "message": "quota exceeded"})
    return f'{{"jsonrpc": "2.0", "id": $ID, "error": {error}}}'


def answered(result: str) -> str:
    return f'{{"jsonrpc": "2.0", "id": $ID, "result": {result}}}'


FINE = answered('{"content": [{"type": "text", "text": "fine"}]}')


@pytest.mark.parametrize("code", [-32000, -32001, -32090, -32091, -32092, -32600, -32603, -32700])
@pytest.mark.parametrize("ends", [False, True])
async def test_whatever_code_a_servers_error_has_its_words_are_told_and_the_call_is_made_once(
    tmp_path: Path, code: int, *, ends: bool
) -> None:
    tool = {"annotations": {"readOnlyHint": True}}
    configuration = replace(scripted(tmp_path, failed(code), tool=tool, ends=ends), trust_annotations=True)

    async with connected(configuration) as odd:
        result = await odd.call("odd__go")

    assert result == {"error": "The server odd says: quota exceeded"}
    assert calls_of(tmp_path) == ["go"]


async def test_a_schema_for_results_is_not_run_on_them(tmp_path: Path) -> None:
    hours = {"type": "object", "properties": {"x": {"pattern": "^(a+)+$"}}}
    result = json.dumps({"content": [], "structuredContent": {"x": "a" * 60 + "!"}})

    async with connected(scripted(tmp_path, answered(result), tool={"outputSchema": hours})) as odd:
        assert await odd.call("odd__go") == {"output": {"x": "a" * 60 + "!"}}


async def test_a_result_that_is_none_is_not_taken(tmp_path: Path) -> None:
    async with connected(scripted(tmp_path, answered('{"content": 5}'))) as odd:
        result = await odd.call("odd__go")

    assert result == {"error": "The server odd has answered the call, but its answer is not what it promises."}


async def test_a_connection_that_breaks_while_the_worker_ends_does_not_hold_it_up(tmp_path: Path) -> None:
    progress = f'{{"progressToken": $ID, "progress": 1{"0" * 400}}}'  # the package cannot read this, and gives up
    breaking = f'{{"jsonrpc": "2.0", "method": "notifications/progress", "params": {progress}}}'
    source = McpServers()

    async with asyncio.timeout(20), source.connected([scripted(tmp_path, breaking)], first_wait=20):
        result = await source.tools()["odd__go"].run({}, lambda _: None, Shelf().attach)

    assert result["error"] == "It is not known whether the call was carried out: the connection was lost."


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
async def test_a_number_that_gemini_does_not_take_becomes_a_text(tmp_path: Path, number: str) -> None:
    result = answered(f'{{"content": [], "structuredContent": {{"x": {number}, "y": 1.5}}}}')

    async with connected(scripted(tmp_path, result)) as odd:
        output = (await odd.call("odd__go"))["output"]

    assert isinstance(output["x"], str)
    assert output["y"] == 1.5


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {}},
        {"properties": {}, "allOf": [{"properties": {"owner": {"type": "string"}}, "required": ["owner"]}]},
        {"$ref": "#/$defs/all", "$defs": {"all": {"type": "object", "properties": {"owner": {"type": "string"}}}}},
    ],
)
async def test_the_model_cannot_set_what_the_operator_fixes_wherever_the_schema_hides_it(
    tmp_path: Path, schema: dict[str, Any]
) -> None:
    told = answered('{"content": [{"type": "text", "text": $ARGUMENTS}]}')
    configuration = scripted(tmp_path, told, tool={"inputSchema": {"type": "object", **schema}})

    async with connected(replace(configuration, arguments={"owner": "acme"})) as odd:
        declared = odd.source.tools()["odd__go"].declaration()
        result = await odd.call("odd__go", {"owner": "evil", "text": "hi"})

    assert "owner" not in json.dumps(declared)
    assert result["output"] in ({"text": "hi"}, '{"text": "hi"}', '{"text": "hi", "owner": "acme"}')
    assert ("acme" in str(result)) == (len(schema) > 1)


@pytest.mark.parametrize(("progress", "total"), [("NaN", "1"), ("5", "NaN"), ("1e400", "1"), ("5", "1e-320")])
async def test_progress_that_is_no_share_is_told_as_it_is(
    tmp_path: Path, progress: str, total: str, caplog: pytest.LogCaptureFixture
) -> None:
    params = f'{{"progressToken": $ID, "progress": {progress}, "total": {total}, "message": "on"}}'
    told: list[str] = []
    line = f'{{"jsonrpc": "2.0", "method": "notifications/progress", "params": {params}}}'

    async with connected(scripted(tmp_path, line, FINE)) as odd:
        assert await odd.call("odd__go", told=told) == {"output": "fine"}
        await until(lambda: told)

    assert told == ["on"]
    assert caplog.records == []


async def test_empty_lines_neither_end_the_connection_nor_cost_anything(tmp_path: Path) -> None:
    async with connected(scripted(tmp_path, *[" \r\n" * 100_000] * 3, FINE)) as odd:
        assert await odd.call("odd__go") == {"output": "fine"}
        assert not odd.server.away


async def test_a_server_that_asks_and_does_not_read_the_answers_is_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ping = '{"jsonrpc": "2.0", "id": "ping", "method": "ping"}'

    async with connected(scripted(tmp_path, *[ping] * 20_000, FINE)) as odd:
        result = await odd.call("odd__go")

    assert result == {"error": "It is not known whether the call was carried out: the connection was lost."}
    assert "an MCP server asks and does not read the answers" in [record.msg for record in caplog.records]


async def test_a_list_takes_no_more_memory_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LARGEST_LIST", 10_000)
    configuration = scripted(tmp_path, tool={"description": "x" * 3_000})

    async with connected(replace(configuration, args=(*configuration.args, "--endless"))) as odd:
        assert len(odd.server.listed) == 4
        assert odd.server.is_cut


async def test_a_secret_in_the_name_of_a_tool_is_hidden_and_the_tool_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    named = {"name": "go\nodd: connected with token-4711-abc" + "x" * 1_000}
    configuration = replace(scripted(tmp_path, tool=named), secrets=Secrets(["token-4711-abc"]))

    async with connected(configuration) as odd:
        said = [*report(odd.source), str(odd.source.tools()), *(str(vars(record)) for record in caplog.records)]

    assert odd.source.tools() == {}
    assert any("left out: go odd: connected with …" in line for line in said)
    assert not any("token-4711-abc" in line or "\n" in line or "x" * 200 in line for line in said)


async def test_a_server_that_changes_its_list_does_not_have_those_of_others_made_anew(tmp_path: Path) -> None:
    (quiet := tmp_path / "quiet").mkdir()

    async with connected(misbehaving(tmp_path), replace(scripted(quiet, FINE), name="calm")) as servers:
        before = servers.source.tools()["calm__go"]
        await servers.call("odd__change")
        await until(lambda: "odd__new" in servers.source.tools())

        assert servers.source.tools()["calm__go"] is before
