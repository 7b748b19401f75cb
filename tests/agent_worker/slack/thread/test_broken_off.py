"""Promises about attempts that break off: whatever way the next one takes, the answer stands there once, in order.

Each case was once a thread with an answer out of order, or twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from agent_worker.payloads.thread import Draft
from tests.support.agent_worker.broken_off import Fate, ForGood, complaints, delivered, refuse
from tests.support.agent_worker.settling import asked_to, buttons, posted, posts, streamed
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

THREE_MESSAGES = "".join(f"{number} " for number in range(5_800))
FOUR_MESSAGES = "".join(f"{number} " for number in range(8_000))


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage(hurried=True) as stage:
        yield stage


async def brought(
    stage: SlackStage, text: str, draft: Draft, fates: Mapping[int, Fate], for_good: ForGood = "nothing"
) -> None:
    """Delivers. `fates` are of the calls, counted from 0."""
    refuse(stage, for_good)
    await delivered(stage, asked_to(stage, text, draft=draft), fates)


@pytest.mark.parametrize("then", ["internal_error", "internal_error_after_commit", "killed after"])
async def test_the_end_of_an_answer_does_not_go_into_a_draft_above_its_beginning(stage: SlackStage, then: Fate) -> None:
    """Slack once refused to change the draft, so the beginning was posted below it."""
    draft = await posted(stage, "0 1 2 ")

    await brought(stage, THREE_MESSAGES, draft, {0: "error", 2: then})

    assert complaints(stage, THREE_MESSAGES) == []
    assert [bool(buttons(post)) for post in posts(stage)] == [False, False, True]


async def test_a_draft_that_is_found_after_a_part_was_posted_takes_none_of_the_rest(stage: SlackStage) -> None:
    """The first attempt had to go without a look, and did not know of the drafts."""
    stage.slack.revoke("files:write")
    draft = (await streamed(stage, "0 1 ", "2 3 ")).model_copy(update={"unsure": True})

    await brought(stage, FOUR_MESSAGES, draft, {0: "internal_error", 5: "internal_error"})

    assert complaints(stage, FOUR_MESSAGES) == []


async def test_what_was_begun_in_plain_messages_does_not_go_into_a_draft_as_well(stage: SlackStage) -> None:
    """Slack once refused to change the draft, and took the beginning only as plain text."""
    draft = await posted(stage, "0 1 2 ")

    await brought(stage, THREE_MESSAGES, draft, {0: "error", 1: "error", 4: "killed after"})

    assert complaints(stage, THREE_MESSAGES) == []


async def test_a_message_stands_there_once_if_its_draft_was_changed_and_nobody_heard_of_it(stage: SlackStage) -> None:
    """The next attempt was refused the change that had been made already, and posted plain text."""
    draft = await streamed(stage, "0 1 2 ")

    await brought(stage, THREE_MESSAGES, draft, {1: "lost_reply", 5: "killed after"}, "blocks")

    assert complaints(stage, THREE_MESSAGES) == []


@pytest.mark.parametrize("shown", [1, 2])
async def test_no_draft_stays_above_a_file_of_which_slack_takes_no_beginning(stage: SlackStage, shown: int) -> None:
    draft = await streamed(stage, *["0 1 ", "2 3 "][:shown])

    await brought(stage, FOUR_MESSAGES, draft, {}, "messages")

    (file,) = posts(stage)
    assert file.files
    assert complaints(stage, FOUR_MESSAGES) == []


async def test_the_beginning_is_not_posted_again_below_the_file_that_ended_the_messages(stage: SlackStage) -> None:
    """No file at first, so it went message by message; one was refused in every form, and then Slack took the file."""
    draft = await posted(stage, "0 1 2 ")

    await brought(stage, FOUR_MESSAGES, draft, {0: "error", 2: "error", 3: "error", 7: "killed before"})

    assert [bool(post.files) for post in posts(stage)] == [False, True]
    assert complaints(stage, FOUR_MESSAGES) == []
