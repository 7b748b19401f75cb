"""Files of tool calls: shown once in the thread, readable for the model, and never in the way of the call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.model import FILE_PART
from agent_worker.slack.files import attachments
from agent_worker.slack.files.attachments import AWAY, REFUSED, TOO_SLOW, CallPlace
from agent_worker.toolbox.tool_source import NewFile
from emulators.slack.faults.web_api import FaultKind
from emulators.slack.state.messages import Message
from tests.support.agent_worker.settling import posts
from tests.support.agent_worker.sharing import PNG, filled, named, picture
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

CHART = NewFile("chart.png", "image/png", PNG)
TABLE = NewFile("table.csv", "text/csv", b"a,b\n1,2\n")
ADDRESS, SHARE, LIST, INFO = (
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.list",
    "files.info",
)


@pytest.fixture(params=[False, True], ids=["channel", "direct"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=request.param) as stage:
        yield stage


async def attach(
    stage: SlackStage, *files: NewFile, key: str = "run:1", is_retry: bool = False
) -> list[SlackFile | str]:
    place = CallPlace(thread=stage.thread, key=key, since=stage.root, is_retry=is_retry)
    return await stage.ours.attachments.attach(files, place)


def shown(stage: SlackStage) -> list[Message]:
    return [post for post in posts(stage) if post.files]


async def test_files_stand_in_the_thread_in_their_order_and_the_model_can_read_them(stage: SlackStage) -> None:
    chart, table = await attach(stage, CHART, TABLE)

    assert isinstance(chart, SlackFile)
    assert isinstance(table, SlackFile)
    assert [post.files[0]["name"] for post in shown(stage)] == [chart.name, table.name]
    parts = [{FILE_PART: chart.model_dump()}, {FILE_PART: table.model_dump()}]
    ((name, image, text),) = await filled(stage, {"role": "user", "parts": parts})
    assert (name, image) == (named(chart.name), picture(PNG))
    assert "a,b" in text["text"]


async def test_a_second_attempt_shows_nothing_again_and_another_call_shows_its_own(stage: SlackStage) -> None:
    first = await attach(stage, CHART, CHART)
    again = await attach(stage, CHART, CHART, TABLE, is_retry=True)
    await attach(stage, CHART, key="run:2", is_retry=True)

    assert again[:2] == first
    assert len({post.files[0]["name"] for post in shown(stage)}) == len(shown(stage)) == 4


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit"])
@pytest.mark.parametrize("method", [SHARE, INFO])
async def test_a_file_whose_reply_is_lost_counts_as_shown(stage: SlackStage, method: str, kind: FaultKind) -> None:
    stage.slack.faults.add(method=method, kind=kind)

    (file,) = await attach(stage, CHART)

    assert isinstance(file, SlackFile)
    assert len(shown(stage)) == 1


@pytest.mark.parametrize("kind", ["internal_error", "refused", "error"])
@pytest.mark.parametrize("method", [ADDRESS, SHARE])
async def test_a_call_whose_file_slack_did_not_take_goes_on_and_its_second_attempt_shows_it_once(
    stage: SlackStage, method: str, kind: FaultKind
) -> None:
    stage.slack.faults.add(method=method, kind=kind, error="missing_scope")

    (why,) = await attach(stage, CHART)
    (file,) = await attach(stage, CHART, is_retry=True)

    assert why == (REFUSED if kind == "error" else AWAY)
    assert isinstance(file, SlackFile)
    assert len(shown(stage)) == 1


async def test_where_it_cannot_be_looked_for_a_file_is_not_shown_a_second_time(stage: SlackStage) -> None:
    await attach(stage, CHART)
    stage.slack.faults.add(method=LIST, kind="internal_error")

    assert await attach(stage, CHART, is_retry=True) == [AWAY]
    assert len(shown(stage)) == 1


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (NewFile("a.png", "image/png", b"hello"), "what is in it is not what its name says"),
        (NewFile("a.png", "image/png", b""), "it is empty"),
        (NewFile("a.wav", "audio/wav", b"RIFF"), "and this is audio/wav"),
        (NewFile("a.exe", "application/octet-stream", b"MZ"), "and this is application/octet-stream"),
        (NewFile("a.png", "image/png", PNG + bytes(15_000_000)), "it is too large"),
    ],
)
async def test_what_the_model_could_not_read_is_not_shown(stage: SlackStage, file: NewFile, reason: str) -> None:
    why, chart = await attach(stage, file, CHART)

    assert isinstance(why, str)
    assert reason in why
    assert isinstance(chart, SlackFile)
    assert len(shown(stage)) == 1


async def test_a_slow_slack_takes_the_call_no_longer_than_it_may(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LONGEST_ATTACHING", timedelta(seconds=0.2))
    stage.slack.faults.add(method=ADDRESS, kind="slow", seconds=30)

    assert await attach(stage, CHART, TABLE) == [TOO_SLOW, TOO_SLOW]
    assert shown(stage) == []


async def test_a_call_that_is_stopped_leaves_no_half_of_a_file(stage: SlackStage) -> None:
    stage.slack.faults.add(method=SHARE, kind="slow", seconds=30)
    call = asyncio.create_task(attach(stage, CHART))
    await stage.slack.until(lambda: stage.slack.calls_held_up)

    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    assert call.cancelled()
    assert shown(stage) == []
