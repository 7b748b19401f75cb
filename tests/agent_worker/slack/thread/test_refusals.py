"""Promises about refusals: whatever Slack answers to a call, the thread holds the whole answer once, or it is kept.

Each documented error of each method meets the delivery once, and then for good.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.thread import Author
from agent_worker.slack.refusals import METADATA_REFUSED, takes_nothing
from playground.processes import ROOT
from tests.support.agent_worker.refusals import (
    METHODS,
    PASSING,
    READ,
    ROWS,
    Situation,
    complaints,
    delivered,
    errors_of,
    request_in,
)
from tests.support.agent_worker.settling import (
    ANSWER,
    DELETE,
    POST,
    START,
    STOP,
    UPDATE,
    asked_to,
    posted,
    posts,
    standing,
    streamed,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

TITLE = "assistant.threads.setTitle"
# Of another client, or of none.
OTHERS = {
    "get_async_activity",
    "get_workflow_handle",
    "list_workflows",
    "start_workflow",
    "workflow_service",
    "api_call",
}
ASIDE = {"usergroups_users_list"}  # no answer depends on it: tests/agent_worker/slack/test_user_groups.py
FILES = {"files.getUploadURLExternal", "files.completeUploadExternal", "files.list"}
NEEDED = {POST, UPDATE, STOP, DELETE, READ} | FILES


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackStage]:
    for name in ("FIRST_WORDS", "BETWEEN_APPENDS", "FIRST_POST", "BETWEEN_UPDATES"):
        monkeypatch.setattr(f"agent_worker.slack.thread.live_answer.{name}", 0.0)
    async with slack_stage(hurried=True) as stage:
        yield stage


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize(("situation", "error"), ROWS, ids=str)
async def test_whatever_slack_answers_the_thread_holds_the_whole_answer_once(
    stage: SlackStage, situation: Situation, error: str, times: int | None
) -> None:
    if situation.before:
        stage.slack.faults.add(method=situation.method, kind="error", error=error, times=times)
    request = await request_in(stage, situation)
    if not situation.before:
        stage.slack.faults.add(method=situation.method, kind="error", error=error, times=times)

    outcome = await delivered(stage, request)
    may_stay = situation.stays and outcome == ""
    if outcome != "":
        stage.slack.faults.clear()
        assert await delivered(stage, request.in_doubt()) == "", "told when the thread can be written again"

    is_for_good = times is None
    if situation.method == POST and takes_nothing(error):
        assert outcome == error
    elif is_for_good and situation.method in NEEDED and error in PASSING:
        assert outcome == "away"
    else:
        assert outcome == ""
    assert complaints(stage, request, may_stay=may_stay) == []


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize("error", errors_of(TITLE))
async def test_whatever_slack_answers_to_a_title_in_direct_messages_the_answer_stands_there_once(
    error: str, times: int | None
) -> None:
    async with slack_stage(hurried=True, direct=True) as stage:
        for method in ("agents.sessions.rename", "agents.sessions.setStatus"):
            stage.slack.faults.add(method=method, kind="error", error="feature_disabled", times=None)
        stage.slack.faults.add(method=TITLE, kind="error", error=error, times=times)
        request = asked_to(stage, title="Weather")

        assert await delivered(stage, request) == ""
        assert stage.calls(TITLE) == 1
        assert complaints(stage, request, may_stay=False) == []


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize("error", errors_of("files.delete"))
async def test_a_file_that_is_never_shown_and_cannot_be_deleted_does_not_hold_up_the_answer(
    error: str, times: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_worker.slack.files.upload.SHARE_PAUSES", (0.0,))
    async with slack_stage(hurried=True, share_lag=None) as stage:
        stage.slack.faults.add(method="files.delete", kind="error", error=error, times=times)
        request = asked_to(stage, "word " * 9_000)

        outcome = await delivered(stage, request)

        assert outcome == ("away" if times is None and error in PASSING else "")
        assert stage.calls("files.delete") > 0
        if not outcome:
            assert complaints(stage, request, may_stay=False) == []


@pytest.mark.parametrize("shown", [None, streamed, posted], ids=["nothing", "streamed", "posted"])
async def test_an_answer_that_stands_there_as_a_file_is_not_posted_as_well_when_slack_takes_posts_again(
    stage: SlackStage, shown: Any
) -> None:
    draft = await shown(stage, ANSWER[:10]) if shown else None
    for method in (POST, UPDATE, STOP):
        stage.slack.faults.add(method=method, kind="error", error="invalid_blocks", times=None)
    stage.slack.faults.add(method="files.completeUploadExternal", kind="lost_reply")
    request = asked_to(stage, draft=draft)
    leftovers = await stage.ours.leftovers.of_delivery(request, is_retry=False)
    with pytest.raises(ApplicationError):
        await stage.ours.delivery.bring(request, leftovers)

    stage.slack.faults.clear()

    assert await delivered(stage, request.in_doubt()) == ""
    assert complaints(stage, request, may_stay=False) == []


async def test_a_draft_that_is_known_does_not_stay_beside_the_answer_though_slack_lets_nobody_look(
    stage: SlackStage,
) -> None:
    request = asked_to(stage, draft=(await streamed(stage, ANSWER[:10])).model_copy(update={"unsure": True}))
    stage.slack.faults.add(method=READ, kind="internal_error")
    stage.slack.faults.add(method=READ, kind="error", error="missing_scope", times=None)

    assert await delivered(stage, request) == ""
    assert complaints(stage, request, may_stay=False) == []


async def test_a_long_answer_that_stands_there_in_messages_is_not_shown_as_a_file_as_well(stage: SlackStage) -> None:
    draft = (await streamed(stage, "word word ")).model_copy(update={"unsure": True})
    request = asked_to(stage, "word " * 9_000, draft=draft)
    stage.slack.faults.add(method="files.completeUploadExternal", kind="error", error="access_denied")
    stage.slack.faults.add(method=READ, kind="internal_error", times=2)

    assert await delivered(stage, request) == ""
    assert complaints(stage, request, may_stay=False) == []


# Metadata


def refuses_metadata(stage: SlackStage, error: str, *, of: str = "metadata") -> None:
    for method in (POST, UPDATE, STOP):
        stage.slack.faults.add(
            method=method, kind="error", error=error, times=None, when=lambda asked: f"'{of}'" in repr(asked)
        )


@pytest.mark.parametrize("shown", [None, streamed, posted], ids=["nothing", "streamed", "posted"])
@pytest.mark.parametrize("error", sorted(METADATA_REFUSED))
async def test_where_slack_takes_no_metadata_the_answer_is_found_again_by_its_blocks(
    stage: SlackStage, error: str, shown: Any
) -> None:
    refuses_metadata(stage, error, of="event_type")
    draft = await shown(stage, ANSWER[:10]) if shown else None
    stage.slack.faults.add(method=POST if shown is None else UPDATE, kind="lost_reply")
    for text in (ANSWER, "word " * 3_000):
        (turn,) = stage.people_say("and?")
        request = asked_to(stage, text, turn=turn, answers=[turn], draft=draft if text == ANSWER else None)

        assert await delivered(stage, request) == ""
        assert await delivered(stage, request.in_doubt()) == ""

    assert not any(post.metadata for post in posts(stage))
    said = [" ".join(text.split()) for text in standing(stage)]
    assert said[0] == ANSWER
    assert " ".join(said[1:]).split() == ["word"] * 3_000


async def test_metadata_that_is_too_large_keeps_the_key_and_leaves_out_what_is_answered(stage: SlackStage) -> None:
    stage.slack.faults.add(
        method=POST,
        kind="error",
        error="metadata_too_large",
        times=None,
        when=lambda asked: asked["metadata"]["event_payload"]["answers"] != [],
    )

    assert await delivered(stage, asked_to(stage)) == ""
    (post,) = posts(stage)
    assert (post.metadata or {})["event_payload"] == {"key": f"{stage.root}:answer:0", "answers": []}


# Streams


@pytest.mark.parametrize("error", ["channel_type_not_supported", "team_not_found"])
async def test_a_stream_that_is_refused_here_is_not_tried_again_each_turn(stage: SlackStage, error: str) -> None:
    streams, anna = stage.ours.streams, Author(id=stage.anna)
    stage.slack.faults.add(method=START, kind="error", error=error)

    assert await streams.start(stage.thread, anna, []) is None
    assert await streams.start(stage.thread, anna, []) is None
    assert not streams.may_start(stage.thread, anna)
    assert stage.calls(START) == 1
    elsewhere = stage.thread.model_copy(update={"channel": "C0ELSEWHERE"})
    assert streams.may_start(elsewhere, Author(id="U0BEN"))


# Places that take nothing


async def test_what_was_shown_stays_where_nothing_can_be_written_any_more(stage: SlackStage) -> None:
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.archive(stage.channel)

    assert await delivered(stage, asked_to(stage, draft=draft)) == "is_archived"
    assert [post.ts for post in posts(stage)] == draft.messages
    assert stage.slack.visible_text(posts(stage)[0]) == ANSWER[:10]


async def test_a_plain_sentence_touches_nothing_that_is_shown(stage: SlackStage) -> None:
    draft = await streamed(stage, ANSWER[:10])
    request = asked_to(stage, "I could not <show> it.", is_notice=True, is_plain=True)

    assert await delivered(stage, request) == ""
    assert await delivered(stage, request.in_doubt()) == ""
    shown, notice = posts(stage)
    assert (shown.ts, shown.streaming_state) == (draft.messages[0], "in_progress")
    assert (notice.text, notice.blocks) == ("I could not &lt;show&gt; it.", [])


def test_every_method_that_the_worker_calls_is_in_the_table() -> None:
    texts = [path.read_text() for path in (ROOT / "agent_worker").rglob("*.py") if "mcp" not in path.parts]
    called = {name for text in texts for name in re.findall(r"\bclient\.([a-z]+(?:_[a-z]+)?_[a-zA-Z]+)", text)}
    by_name = {name.replace(".", "_") for text in texts for name in re.findall(r"\bapi_call\(\"([\w.]+)", text)}

    assert (called | by_name) - OTHERS - ASIDE == {method.replace(".", "_") for method in METHODS}
