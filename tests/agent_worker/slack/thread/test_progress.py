"""Promises of the steps that a thread shows: in the answer's stream, or once in a message with a Stop button."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.names import STOP_BUTTON
from agent_worker.payloads.thread import Author, Draft, Progress, Shown, ShownStep, ShowProgress, StepState
from agent_worker.slack.blocks.task_cards import LONGEST_TITLE, MOST_CARDS
from emulators.slack.faults.web_api import FaultKind
from tests.support.agent_worker.settling import (
    APPEND,
    POST,
    START,
    UPDATE,
    asked_to,
    buttons,
    kinds,
    posted,
    posts,
    streamed,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

STATES: list[StepState] = ["pending", "in_progress", "complete", "error"]
SOURCE = {"text": "Flood Warning", "url": "https://www.weather.example/alerts"}
# Where the steps have a message of their own.
PLACES: list[dict[str, Any]] = [{}, {"mode": "post", "direct": True}, {"streaming": False, "direct": True}]


@pytest.fixture(params=PLACES, ids=str)
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(**request.param) as stage:
        yield stage


@pytest.fixture
async def direct() -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=True) as stage:
        yield stage


def step(title: str = "Looks it up", state: StepState = "in_progress", **more: Any) -> ShownStep:
    return ShownStep(title=title, state=state, **more)


def showing(stage: SlackStage, steps: list[ShownStep], draft: Draft | None = None, **more: Any) -> ShowProgress:
    progress = Progress(key=f"{stage.root}:progress", steps=steps, **more)
    audience = Author(id=stage.anna)
    return ShowProgress(
        thread=stage.thread, progress=progress, turn=stage.root, draft=draft or Draft(), audience=audience
    )


async def shown(stage: SlackStage, *steps: ShownStep, **more: Any) -> Shown:
    return await stage.progress.show(showing(stage, list(steps), **more))


async def finished(stage: SlackStage, *steps: ShownStep, withdrawn: bool = False, **more: Any) -> None:
    progress = showing(stage, list(steps), **more).progress
    request = asked_to(stage, progress=progress, withdrawn=withdrawn)
    await stage.progress.end(request, await stage.ours.leftovers.of_delivery(request, is_retry=False))


def tasks(stage: SlackStage) -> list[dict[str, Any]]:
    """The cards that the one message of the agent shows."""
    (post,) = posts(stage)
    plans = [block["tasks"] for block in post.blocks if block["type"] == "plan"]
    return plans[0] if plans else [block for block in post.blocks if block["type"] == "task_card"]


def states(stage: SlackStage) -> list[str]:
    return [task["status"] for task in tasks(stage)]


# In a message of their own


async def test_steps_are_a_plan_that_can_be_stopped(stage: SlackStage) -> None:
    found = await shown(stage, *[step(state=state) for state in STATES])

    (post,) = posts(stage)
    assert found == Shown(ts=post.ts)
    assert kinds(post) == ["plan", "actions"]
    assert states(stage) == STATES
    assert buttons(post) == {STOP_BUTTON: [stage.root]}


async def test_the_same_message_shows_what_the_steps_have_become(stage: SlackStage) -> None:
    first = await shown(stage, step(state="pending"))
    second = await shown(stage, step(state="complete", sources=[SOURCE]), step(state="error"), ts=first.ts)

    assert second == first
    assert states(stage) == ["complete", "error"]
    assert tasks(stage)[0]["sources"] == [{"type": "url", **SOURCE}]


async def test_when_everything_is_over_nothing_can_be_stopped(stage: SlackStage) -> None:
    first = await shown(stage, step())
    await finished(stage, step(state="complete"), ts=first.ts)
    await finished(stage, step(state="complete"), ts=first.ts)

    (post,) = posts(stage)
    assert (kinds(post), states(stage)) == (["plan"], ["complete"])


async def test_what_was_never_shown_is_not_shown_in_the_end(stage: SlackStage) -> None:
    await finished(stage, step(state="complete"))
    await finished(stage, step(state="complete"), unsure=True)

    assert posts(stage) == []


async def test_titles_are_short_and_many_steps_fold(stage: SlackStage) -> None:
    await shown(stage, *[step("word " * 100, "complete")] * (MOST_CARDS + 10))

    assert len(tasks(stage)) == MOST_CARDS
    assert max(len(task["title"]) for task in tasks(stage)) <= LONGEST_TITLE
    assert tasks(stage)[-1]["title"] == "11 more steps, 11 done"


async def test_steps_of_a_question_that_was_taken_back_are_taken_away(stage: SlackStage) -> None:
    found = await shown(stage, step())
    await finished(stage, step(), ts=found.ts, withdrawn=True)
    await finished(stage, step(), ts=found.ts, withdrawn=True)

    assert posts(stage) == []


async def test_an_answer_that_is_being_written_does_not_hide_the_steps_below_it() -> None:
    async with slack_stage() as stage:
        draft = await streamed(stage, "Let me look.")
        found = await shown(stage, step(), draft=draft)

        assert [post.ts for post in posts(stage)] == [*draft.messages, found.ts]


# Where that goes wrong


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit"])
async def test_steps_whose_reply_was_lost_are_found_and_not_posted_again(stage: SlackStage, kind: FaultKind) -> None:
    stage.slack.faults.add(method=POST, kind=kind)
    with pytest.raises(ApplicationError):
        await shown(stage, step())
    await shown(stage, step(state="complete"), unsure=True)

    assert states(stage) == ["complete"]
    await finished(stage, step(state="complete"), unsure=True)
    assert kinds(posts(stage)[0]) == ["plan"]


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error", "internal_error_after_commit", "refused"])
async def test_the_end_is_shown_whatever_becomes_of_a_reply(stage: SlackStage, kind: FaultKind) -> None:
    found = await shown(stage, step())
    stage.slack.faults.add(method=UPDATE, kind=kind)
    with pytest.raises(ApplicationError) as failed:
        await finished(stage, step(state="complete"), ts=found.ts)
    await finished(stage, step(state="complete"), ts=found.ts)

    assert not failed.value.non_retryable
    assert (kinds(posts(stage)[0]), states(stage)) == (["plan"], ["complete"])


async def test_steps_that_a_person_has_deleted_stay_deleted(stage: SlackStage) -> None:
    found = await shown(stage, step())
    stage.slack.delete(stage.channel, found.ts)
    await finished(stage, step(state="complete"), ts=found.ts)

    assert posts(stage) == []


async def test_when_calls_are_scarce_the_steps_give_way(stage: SlackStage) -> None:
    while stage.posts.may_update(stage.thread, posts=False):
        pass
    before = len(posts(stage))
    found = await shown(stage, step())

    assert (found.ts, len(posts(stage))) == ("", before)


async def test_without_plans_the_steps_are_lines_that_can_be_stopped_all_the_same(stage: SlackStage) -> None:
    refuses(stage, "plan")
    found = await shown(stage, step("Looks it up"))
    running = stage.slack.visible_text(posts(stage)[0])
    button = buttons(posts(stage)[0])
    await finished(stage, step("Looks it up", "complete"), ts=found.ts)

    assert "Looks it up" in running
    assert button == {STOP_BUTTON: [stage.root]}
    assert kinds(posts(stage)[0]) == ["context"]
    assert stage.calls(POST) + stage.calls(UPDATE) == 3  # refused once, and never tried again


async def test_sources_that_slack_refuses_cost_nothing_but_the_sources(stage: SlackStage) -> None:
    found = await shown(stage, step(sources=[{"text": "A page", "url": "nowhere"}]))
    assert "sources" not in tasks(stage)[0]

    await finished(stage, step(state="complete", sources=[SOURCE]), ts=found.ts)
    assert tasks(stage)[0]["sources"] == [{"type": "url", **SOURCE}]


async def test_more_than_one_message_holds_ends_as_lines_without_a_button(stage: SlackStage) -> None:
    found = await shown(stage, step())
    stage.slack.faults.add(method=UPDATE, kind="error", error="msg_blocks_too_long")
    await finished(stage, step(state="complete"), ts=found.ts)
    assert kinds(posts(stage)[0]) == ["context"]

    await shown(stage, step(), ts=found.ts)
    assert kinds(posts(stage)[0]) == ["plan", "actions"]


def refuses(stage: SlackStage, kind: str) -> None:
    def has_one(arguments: Mapping[str, Any]) -> bool:
        return f'"{kind}"' in str(arguments.get("blocks")).replace("'", '"')

    for method in (POST, UPDATE):
        stage.slack.faults.add(method=method, kind="error", error="invalid_blocks", times=None, when=has_one)


# In a direct message with streams


async def test_steps_are_cards_of_the_stream_that_becomes_the_answer(direct: SlackStage) -> None:
    first = await shown(direct, *[step(state=state) for state in STATES])
    assert first.draft is not None
    assert (states(direct), first.draft.has_cards) == (STATES, True)

    done = [step(state="complete", sources=[SOURCE])] * 4
    second = await shown(direct, *done, draft=first.draft)

    (post,) = posts(direct)
    assert second.draft == first.draft
    assert first.draft.messages == [post.ts]
    assert (post.streaming_state, states(direct)) == ("in_progress", ["complete"] * 4)
    assert "sources" not in tasks(direct)[0]  # Slack would add them with each update: the last one brings them
    assert buttons(post) == {}  # Slack shows its own


async def test_cards_are_short_and_many_of_them_fold(direct: SlackStage) -> None:
    await shown(direct, *[step("word " * 100, "complete")] * (MOST_CARDS + 10))

    assert len(tasks(direct)) == MOST_CARDS
    assert max(len(task["title"]) for task in tasks(direct)) <= LONGEST_TITLE


async def test_cards_go_below_what_was_said_before_the_tools(direct: SlackStage) -> None:
    found = await shown(direct, step(), draft=await streamed(direct, "Let me look."))

    assert found.draft is not None
    assert (kinds(posts(direct)[0]), found.draft.has_cards) == (["markdown", "plan"], True)


@pytest.mark.parametrize("is_unsure", [False, True])
async def test_what_is_changed_by_updates_gets_its_steps_with_the_answer(
    direct: SlackStage, *, is_unsure: bool
) -> None:
    draft = Draft(unsure=True) if is_unsure else await posted(direct, "Let me look.")
    while direct.ours.streams._api.budget.spare("chat_startStream"):  # no stream can be begun
        pass
    calls = len(direct.slack.calls)

    assert await shown(direct, step(), draft=draft) == Shown()
    assert len(direct.slack.calls) == calls


@pytest.mark.parametrize("method", [START, APPEND])
@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused"])
async def test_when_a_stream_cannot_be_relied_on_it_is_said_so(
    direct: SlackStage, method: str, kind: FaultKind
) -> None:
    """The error makes the turn look into the thread before it goes on."""
    draft = None if method == START else (await shown(direct, step())).draft
    direct.slack.faults.add(method=method, kind=kind)

    with pytest.raises(ApplicationError):
        await shown(direct, step(state="complete"), draft=draft)


async def test_a_stream_that_has_died_is_not_relied_on(direct: SlackStage) -> None:
    found = await shown(direct, step())
    direct.slack.clock.advance(301)

    with pytest.raises(ApplicationError) as died:
        await shown(direct, step(state="complete"), draft=found.draft)
    assert died.value.message == "message_not_in_streaming_state"


async def test_for_an_app_the_steps_are_a_message(direct: SlackStage) -> None:
    request = showing(direct, [step()]).model_copy(update={"audience": None})
    found = await direct.progress.show(request)

    assert (found.ts, kinds(posts(direct)[0])) == (posts(direct)[0].ts, ["plan", "actions"])
