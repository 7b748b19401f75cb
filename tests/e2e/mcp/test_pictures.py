"""A picture in a result, through the real processes: in the thread, before the model, and not in Temporal."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from emulators.gemini.answers import calls, text
from emulators.gemini.request import ModelRequest, function_responses
from emulators.slack.state.messages import Message
from playground.temporal_server import DevServer
from tests.support.e2e.stage import Stage
from tests.support.mcp.servers import TOKEN, calls_of, written

# What the misbehaving server shows: it cannot be imported, as it reads its arguments.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@asynccontextmanager
async def stage_with_odd(address: str, folder: Path, **fields: Any) -> AsyncIterator[Stage]:
    """The worker has the misbehaving server, which shows a picture of one pixel."""
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"odd": written(folder, **fields)}}), encoding="utf-8")
    async with Stage(address, folder) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", ODD_TOKEN=TOKEN)
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


def ask(stage: Stage) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> how does it look?")


def database_files(folder: Path) -> list[Path]:
    """Temporal's database, and what it has not written into it yet."""
    return list(folder.glob("temporal.db*"))


def shown(stage: Stage, ts: str) -> list[Message]:
    return [post for post in stage.slack.bot_posts(stage.channel, ts) if post.files]


def pictures(request: ModelRequest) -> list[bytes]:
    parts = [part for content in request.contents for part in content["parts"]]
    return [base64.urlsafe_b64decode(part["inlineData"]["data"]) for part in parts if "inlineData" in part]


async def test_people_and_the_model_see_the_picture_and_temporal_never_holds_it(
    processes: None, tmp_path: Path
) -> None:
    with DevServer(database=tmp_path / "temporal.db") as temporal:
        async with stage_with_odd(temporal.address, tmp_path) as stage:
            stage.gemini.script(calls(("odd__picture", {}), ("odd__echo", {"text": "marked"})), text("A dot."))
            ts = ask(stage)
            assert await stage.answered(ts) == ["A dot."]
            (post,) = shown(stage, ts)
            (file,) = post.files
            content = stage.slack.file_content(file["id"])
            request = stage.gemini.requests[1]
    stored = b"".join(path.read_bytes() for path in database_files(tmp_path))

    assert content == base64.b64decode(PICTURE)
    assert pictures(request) == [content]
    picture, echo = function_responses(request.contents[-2])
    assert picture["response"] == {"output": f"[picture {file['name']}, attached]"}
    assert "marked" in echo["response"]["output"]
    assert b"marked" in stored
    assert file["name"].encode() in stored
    assert PICTURE[:40].encode() not in stored
    assert content not in stored


async def test_a_later_turn_still_sees_the_picture(temporal_address: str, tmp_path: Path) -> None:
    async with stage_with_odd(temporal_address, tmp_path) as stage:
        stage.gemini.script(calls(("odd__picture", {})), text("A dot."), text("Still a dot."))
        ts = ask(stage)
        await stage.answered(ts)

        stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)

        await stage.answered(ts, times=2)
        assert pictures(stage.gemini.requests[2]) == [base64.b64decode(PICTURE)]


async def test_a_worker_that_is_killed_just_after_the_upload_shows_the_picture_once(
    temporal_address: str, tmp_path: Path
) -> None:
    async with stage_with_odd(temporal_address, tmp_path, trust_annotations=True) as stage:
        stage.slack.faults.add(method="files.info", kind="slow", seconds=60)  # so that the call waits after the upload
        stage.gemini.script(calls(("odd__picture", {})), text("A dot."))
        ts = ask(stage)
        await stage.slack.until(lambda: stage.slack.calls_held_up)

        await stage.worker.kill()
        await stage.worker.start()

        assert await stage.answered(ts) == ["A dot."]
        assert calls_of(tmp_path).count("picture {}") == 2
        assert len(shown(stage, ts)) == 1
        assert pictures(stage.gemini.requests[1]) == [base64.b64decode(PICTURE)]


async def test_where_slack_takes_no_file_the_call_goes_on_and_says_so(temporal_address: str, tmp_path: Path) -> None:
    async with stage_with_odd(temporal_address, tmp_path) as stage:
        stage.slack.faults.add(method="files.getUploadURLExternal", kind="error", error="missing_scope")
        stage.gemini.script(calls(("odd__picture", {})), text("I cannot see it."))

        ts = ask(stage)

        assert await stage.answered(ts) == ["I cannot see it."]
        (response,) = function_responses(stage.gemini.requests[1].contents[-1])
        reason = "left out, cannot be read: Slack does not let it be shown in this thread]"
        assert response["response"]["output"].endswith(reason)
        assert shown(stage, ts) == []
