"""Tools of an MCP server through the real processes: declared, called, shown, stopped, and called once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_worker.contract.names import STOP_BUTTON
from emulators.gemini.answers import calls, text
from emulators.slack.state.messages import Message
from playground.temporal_server import DevServer
from tests.support.e2e.stage import Stage
from tests.support.mcp.servers import TOKEN, calls_of, until, written
from tests.support.mcp.site import KEY, odd_site


@pytest.fixture
async def stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The worker has the misbehaving server."""
    async with Stage(temporal_address, tmp_path) as stage:
        configure(stage, tmp_path, odd=written(tmp_path, arguments={"owner": "acme"}))
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


def configure(stage: Stage, folder: Path, **servers: Any) -> None:
    (folder / "servers.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
    environment = {"MCP_CONFIG": "servers.json", "ODD_TOKEN": TOKEN, "SITE_KEY": KEY}
    stage.worker = stage.process("agent_worker", ready="worker is ready", **environment)


def ask(stage: Stage, question: str = "please") -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


def responses(stage: Stage, request: int) -> list[dict[str, Any]]:
    """What the tools have given to the model, as one of its requests has them last."""
    parts = stage.gemini.requests[request].contents[-1]["parts"]
    return [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]


def database_files(folder: Path) -> list[Path]:
    """Temporal's database, and what it has not written into it yet."""
    return list(folder.glob("temporal.db*"))


async def test_a_servers_tool_is_declared_called_and_shown(stage: Stage, tmp_path: Path) -> None:
    stage.gemini.script(calls(("odd__echo", {"text": "hello"})), text("It said hello."))

    ts = ask(stage)

    assert await stage.answered(ts) == ["It said hello."]
    assert responses(stage, 1) == [{"output": "You said hello for acme."}]
    await stage.slack.until(lambda: stage.progress(ts) == ["Worked\n✓ odd: echo"])
    declared = {
        one["name"]: one for tool in stage.gemini.requests[0].body["tools"] for one in tool["functionDeclarations"]
    }
    assert "which says of it: echo it" in declared["odd__echo"]["description"]
    assert list(declared["odd__echo"]["parametersJsonSchema"]["properties"]) == ["text"]
    assert "get_weather_alerts" in declared
    assert calls_of(tmp_path) == ["started", 'echo {"owner": "acme", "text": "hello"}']


async def test_stop_reaches_the_server(stage: Stage, tmp_path: Path) -> None:
    stage.gemini.script(calls(("odd__hang", {})))
    ts = ask(stage)
    await until(lambda: "hang {}" in calls_of(tmp_path))

    def with_button() -> list[Message]:
        posts = stage.slack.bot_posts(stage.channel, ts)
        return [post for post in posts if any(block["type"] == "actions" for block in post.blocks)]

    (post, *_) = await stage.slack.until(with_button)
    stage.slack.press_button(stage.anna, stage.channel, post.ts, STOP_BUTTON)

    await stage.answered(ts)
    await stage.slack.until(lambda: stage.progress(ts) == ["Stopped\n✗ odd: hang"])
    await until(lambda: "cancelled" in calls_of(tmp_path))


async def test_what_a_call_tells_of_its_progress_is_shown_while_it_runs(stage: Stage, tmp_path: Path) -> None:
    stage.gemini.script(calls(("odd__echo", {"text": "first"})), calls(("odd__slow", {})), text("Dug."))

    ts = ask(stage)
    await stage.slack.until(lambda: "odd: slow: 40 % digging" in "".join(stage.progress(ts)))
    (tmp_path / "go").touch()

    assert await stage.answered(ts) == ["Dug."]
    await stage.slack.until(lambda: stage.progress(ts) == ["Worked\n✓ odd: echo\n✓ odd: slow"])


async def test_a_killed_worker_takes_its_server_with_it_and_the_call_is_not_made_again(
    stage: Stage, tmp_path: Path
) -> None:
    stage.gemini.script(calls(("odd__spawn", {})), calls(("odd__hang", {})), text("I do not know whether it was done."))
    ts = ask(stage)
    await until(lambda: "hang {}" in calls_of(tmp_path))
    pids = [int(pid) for pid in responses(stage, 1)[0]["output"].split()]

    await stage.worker.kill()
    await until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids))
    await stage.worker.start()

    assert await stage.answered(ts) == ["I do not know whether it was done."]
    sentence = "It is not known whether odd__hang was carried out: it ended without an answer."
    assert responses(stage, 2) == [{"error": sentence}]
    assert calls_of(tmp_path).count("hang {}") == 1
    await stage.slack.until(lambda: stage.progress(ts) == ["Error\n✓ odd: spawn\n✗ odd: hang"])


async def test_a_server_that_dies_is_back_for_the_next_call_and_others_go_on(stage: Stage, tmp_path: Path) -> None:
    stage.gemini.script(
        calls(("odd__die", {}), ("get_weather_alerts", {"state": "NY"})),
        calls(("odd__echo", {"text": "again"})),
        text("One of them worked at once."),
    )

    ts = ask(stage)

    assert await stage.answered(ts) == ["One of them worked at once."]
    died, weather = responses(stage, 1)
    assert died == {"error": "It is not known whether the call was carried out: the connection was lost."}
    assert "output" in weather
    assert responses(stage, 2) == [{"output": "You said again for acme."}]
    assert calls_of(tmp_path).count("die {}") == 1


def declared(stage: Stage, request: int) -> list[str]:
    (tools,) = stage.gemini.requests[request].body["tools"]
    return [declaration["name"] for declaration in tools["functionDeclarations"]]


async def test_a_turn_sees_the_list_that_it_began_with_and_the_next_turn_the_new_one(stage: Stage) -> None:
    stage.gemini.script(
        calls(("odd__change", {})), calls(("odd__echo", {"text": "hi"})), text("Changed."), text("It is new.")
    )

    ts = ask(stage)
    await stage.answered(ts)
    await until(lambda: any("describes a known tool anew" in line for line in stage.worker.lines))
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)
    await stage.answered(ts, times=2)

    assert ["odd__new" in declared(stage, request) for request in range(4)] == [False, False, False, True]


async def test_a_server_that_nobody_has_seen_yet_is_told_to_the_model(
    processes: None, temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        configure(stage, tmp_path, gone={"command": "there-is-no-such-command"}, odd=written(tmp_path))
        await stage.start()
        stage.gemini.script(text("The server gone is away just now."))

        await stage.answered(ask(stage))

        instructions = json.dumps(stage.gemini.requests[0].body["systemInstruction"])
        assert "The server gone is away (its command is not found). Say so" in instructions
        assert "The server odd" not in instructions


async def test_no_secret_of_a_server_is_in_temporals_database_or_in_a_log(processes: None, tmp_path: Path) -> None:
    database = tmp_path / "temporal.db"
    async with odd_site() as site:
        site.answer = f"you sent me {KEY}"
        with DevServer(database=database) as temporal:
            async with Stage(temporal.address, tmp_path) as stage:
                headers = {"Authorization": "Bearer ${SITE_KEY}"}
                odd = written(tmp_path, arguments={"owner": "${ODD_TOKEN}"})
                configure(stage, tmp_path, odd=odd, web={"url": site.url, "headers": headers})
                await stage.start()
                stage.gemini.script(
                    calls(
                        ("odd__echo", {"text": "marked"}), ("odd__secret", {}), ("odd__fail", {}), ("odd__flood", {})
                    ),
                    calls(("web__look", {}), ("odd__die", {})),
                    text("Done."),
                )
                ts = ask(stage)
                assert await stage.answered(ts) == ["Done."]
                logs = "\n".join(stage.worker.lines)
                told = json.dumps([responses(stage, 1), responses(stage, 2)])
    stored = b"".join(path.read_bytes() for path in database_files(tmp_path))

    assert b"marked" in stored  # the arguments that the model gives are there
    assert "you sent me \\u2026" in told
    for secret in (TOKEN, KEY):
        assert secret.encode() not in stored
        assert secret not in logs + told


async def test_a_wrong_file_stops_the_start_with_all_that_is_wrong(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        configure(stage, tmp_path, odd={"command": "x", "env": {"A": "${ABSENT}"}}, web={"url": "x"})

        with pytest.raises(RuntimeError):
            await stage.worker.start()

        said = "\n".join(stage.worker.lines)
        assert "MCP_CONFIG: servers.json: server 'odd': needs the environment variable ABSENT" in said
        assert "MCP_CONFIG: servers.json: server 'web': url: String should match pattern" in said
