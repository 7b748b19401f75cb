"""Each way in which a server can fail, with a server that does so: the others go on, and the model hears what is so."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent_worker.mcp import server as server_module
from agent_worker.mcp.configuration import ServerConfiguration
from agent_worker.payloads.storage_limits import size_of
from agent_worker.toolbox.open_toolbox import LARGEST_RESULT
from agent_worker.toolbox.tool import ToolUnavailableError
from tests.support.mcp.servers import Connected, calls_of, connected, misbehaving, until

pytestmark = pytest.mark.usefixtures("processes")


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "FIRST_PAUSE", 0.05)


@pytest.fixture(params=[(), ("--old",)], ids=["2026-07-28", "2025-06-18"])
async def odd(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Connected]:
    """The misbehaving server, with each version of the protocol."""
    async with connected(misbehaving(tmp_path, *request.param)) as odd:
        yield odd


async def test_a_tool_gets_the_models_arguments_and_the_model_its_text(odd: Connected) -> None:
    assert await odd.call("odd__echo", {"text": "hello"}) == {"output": "You said hello for None."}


async def test_arguments_that_the_operator_fixes_are_added_and_hidden_from_the_model(tmp_path: Path) -> None:
    fixed = misbehaving(tmp_path, arguments={"owner": "acme", "elsewhere": 1})

    async with connected(fixed) as odd:
        result = await odd.call("odd__echo", {"text": "hi", "owner": "me"})
        declared = odd.source.tools()["odd__echo"].declaration()["parametersJsonSchema"]

    assert result == {"output": "You said hi for acme."}
    assert list(declared["properties"]) == ["text"]
    assert calls_of(tmp_path) == ["started", 'echo {"owner": "acme", "text": "hi"}']


async def test_a_server_that_dies_in_a_call_leaves_it_open_whether_it_was_carried_out_and_comes_back(
    odd: Connected,
) -> None:
    result = await odd.call("odd__die")

    assert result == {"error": "It is not known whether the call was carried out: the connection was lost."}
    assert await odd.call("odd__echo", {"text": "again"}) == {"output": "You said again for None."}


async def test_a_lost_call_runs_once_unless_the_server_says_so_and_the_operator_trusts_it(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path)) as odd:
        names = [name for name in odd.source.tools() if name.startswith("odd__die_again")]
        policy = odd.source.tools()[names[0]].policy({})
        assert (policy.attempts, policy.unknown_if_lost) == (1, True)

    async with connected(misbehaving(tmp_path, trust_annotations=True)) as odd:
        policy = odd.source.tools()[names[0]].policy({})
        assert (policy.attempts, policy.unknown_if_lost) == (3, False)
        with pytest.raises(ToolUnavailableError, match="the connection was lost"):
            await odd.call(names[0])
        assert odd.source.tools()["odd__die"].policy({}).attempts == 1


async def test_a_server_that_hangs_is_given_up_after_its_timeout_and_told_so(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--old", timeout=timedelta(seconds=0.2))) as odd:
        result = await odd.call("odd__hang")
        await until(lambda: "cancelled" in calls_of(tmp_path))

    assert result == {"error": "It is not known whether the call was carried out: it took longer than 0.2 seconds."}


async def test_a_call_that_is_cancelled_is_cancelled_at_the_server(odd: Connected, tmp_path: Path) -> None:
    running = asyncio.create_task(odd.call("odd__hang"))
    await until(lambda: "hang {}" in calls_of(tmp_path))

    running.cancel()

    await until(lambda: "cancelled" in calls_of(tmp_path))


async def test_garbage_between_the_messages_is_skipped(odd: Connected) -> None:
    assert await odd.call("odd__garbage") == {"output": "after the garbage"}


async def test_an_answer_that_cannot_be_read_ends_its_call_at_once(odd: Connected) -> None:
    result = await odd.call("odd__nonsense")

    assert result == {"error": "The server odd has answered the call, but its answer cannot be read."}


async def test_a_flood_of_errors_neither_blocks_the_server_nor_fills_the_log(
    odd: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert await odd.call("odd__flood") == {"output": "after the flood"}

    assert caplog.records == []


async def test_a_result_of_100_mb_is_an_error_and_the_connection_goes_on(odd: Connected, tmp_path: Path) -> None:
    result = await odd.call("odd__huge")

    assert result == {"error": "The server odd has answered the call, but its answer has more than 4 MB."}
    assert await odd.call("odd__echo", {"text": "hi"}) == {"output": "You said hi for None."}
    assert calls_of(tmp_path).count("started") == 1


async def test_a_result_above_the_limit_is_cut_with_a_note(odd: Connected) -> None:
    result = await odd.call("odd__echo", {"text": "é" * 100_000})

    assert size_of(result) <= LARGEST_RESULT
    assert result["output"].endswith("[cut: this is the beginning of a result of 195 KB. Ask for less.]")


async def test_a_server_that_repeats_its_secrets_finds_them_hidden(odd: Connected) -> None:
    assert await odd.call("odd__secret") == {"output": "my token is … and Bearer …"}
    assert await odd.call("odd__fail") == {"error": "it failed with …"}


async def test_a_picture_is_shown_and_only_its_name_is_in_the_result(odd: Connected) -> None:
    result = await odd.call("odd__picture")

    (picture,) = odd.shelf.files
    assert picture.data.startswith(b"\x89PNG")
    assert result["output"] == "[picture picture-1.png, attached]"
    assert result["files"] == [{"id": "F1", "name": "picture-1.png", "mimetype": "", "size": 0}]


async def test_progress_is_told_while_the_call_runs(odd: Connected, tmp_path: Path) -> None:
    told: list[str] = []
    running = asyncio.create_task(odd.call("odd__slow", told=told))
    await until(lambda: told)

    (tmp_path / "go").touch()

    assert await running == {"output": "dug"}
    assert told == ["40 % digging"]


async def test_a_server_that_may_not_ask_people_is_not_answered_and_the_model_hears_why(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, may_ask=False)) as odd:
        result = await odd.call("odd__ask")

    assert "asks a person a question before it goes on, and may not" in result["error"]
    assert calls_of(tmp_path).count("ask {}") == 1


async def test_a_list_that_changes_is_taken_anew_and_the_change_is_logged_once(
    odd: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    before = odd.source.tools()["odd__echo"]

    await odd.call("odd__change")
    await until(lambda: "odd__new" in odd.source.tools())

    after = odd.source.tools()["odd__echo"]
    (logged,) = [record for record in caplog.records if record.msg == "an MCP server describes a known tool anew"]
    assert before.digest != after.digest
    assert vars(logged).items() >= {"tool": "odd__echo", "before": before.digest, "after": after.digest}.items()


async def test_schemas_that_gemini_does_not_take_leave_out_their_tools_alone(odd: Connected) -> None:
    left_out = odd.source.left_out

    assert left_out == {
        ("odd", "cycle"): "the description of its arguments refers to itself",
        ("odd", "vast"): "the description of its arguments has more than 32 KB",
    }
    assert "odd__echo" in odd.source.tools()


async def test_a_server_that_does_not_start_is_away_with_a_reason_and_the_others_are_there(tmp_path: Path) -> None:
    dies = ServerConfiguration("dies", sys.executable, ("-c", "import sys; sys.exit('no database')"))
    absent = ServerConfiguration("absent", "there-is-no-such-command")
    nowhere = ServerConfiguration("nowhere", sys.executable, cwd=str(tmp_path / "nowhere"))

    async with connected(dies, absent, nowhere, misbehaving(tmp_path)) as servers:
        reasons = {server.name: server.away for server in servers.source.servers}

        assert await servers.call("odd__echo", {"text": "hi"}) == {"output": "You said hi for None."}
    assert reasons == {
        "dies": "has ended with exit code 1",
        "absent": "its command is not found",
        "nowhere": "its working directory does not exist",
        "odd": "",
    }
    assert servers.server.last_words == ["no database"]


async def test_the_start_does_not_wait_for_a_server_that_says_nothing(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, "--silent"), first_wait=0.1) as odd:
        assert odd.source.tools() == {}
        assert odd.server.away == "is being connected"
        assert odd.source.not_listed() == {"odd__": "The server odd is away (is being connected)."}


async def test_the_tools_of_a_server_that_is_away_stay_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "FIRST_PAUSE", 1000.0)
    monkeypatch.setattr(server_module, "PATIENCE", 0.05)

    async with connected(misbehaving(tmp_path)) as odd:
        await odd.call("odd__die")
        tool = odd.source.tools()["odd__echo"]
        assert tool.away == ""  # a call waits a moment for it
        await until(lambda: "has ended with exit code 7" in tool.away)
        result = await odd.call("odd__echo", {"text": "hi"})

    sentence = "The server odd is away just now (has ended with exit code 7), so the call was not carried out."
    assert tool.away.startswith(sentence)
    assert result["error"].startswith(sentence)
    assert tool.declaration()["name"] == "odd__echo"


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_a_server_and_what_it_has_started_end_with_the_connection(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path)) as odd:
        pids = [int(pid) for pid in (await odd.call("odd__spawn"))["output"].split()]
        assert all(map(is_alive, pids))

    assert not any(map(is_alive, pids))
    assert os.getpid() not in pids
