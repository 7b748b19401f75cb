"""Promises about blocks that Slack refuses: the answer stands there all the same, with as much as Slack shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from agent_worker.payloads.errors import UNUSABLE_ANSWER, sentence
from agent_worker.payloads.thread import Draft, Progress, ShownStep
from tests.support.agent_worker.settling import (
    ANSWER,
    POST,
    STOP,
    UPDATE,
    asked_to,
    cards_only,
    kinds,
    posted,
    posts,
    settled,
    standing,
    streamed,
    with_cards,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

BARE = ["markdown", "context"]
LONG = "word " * 600  # more than one message of plain text


@pytest.fixture(params=[False, True], ids=["channel", "direct"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=request.param) as stage:
        yield stage


def refuses(stage: SlackStage, *types: str, error: str = "invalid_blocks") -> None:
    """This Slack does not know such blocks."""

    def has_one(arguments: Mapping[str, Any]) -> bool:
        return any(f'"{kind}"' in str(arguments.get("blocks")).replace("'", '"') for kind in types)

    for method in (POST, UPDATE, STOP):
        stage.slack.faults.add(method=method, kind="error", error=error, times=None, when=has_one)


async def nothing(_: SlackStage, __: str) -> Draft:
    return Draft()


@pytest.mark.parametrize("shown", [nothing, streamed, posted])
@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_where_answers_cannot_be_judged_they_stand_without_the_buttons(
    stage: SlackStage, shown: Any, error: str
) -> None:
    refuses(stage, "context_actions", error=error)
    draft = await shown(stage, "It is ")
    await settled(stage, asked_to(stage, draft=draft))
    await settled(stage, asked_to(stage, draft=draft), is_retry=True)

    (post,) = posts(stage)
    assert (standing(stage), kinds(post)) == ([ANSWER], BARE)
    assert draft.messages in ([], [post.ts])


@pytest.mark.parametrize("shown", [nothing, streamed, posted])
@pytest.mark.parametrize("text", [ANSWER, LONG])
async def test_what_cannot_be_shown_as_blocks_is_shown_as_text_once(stage: SlackStage, shown: Any, text: str) -> None:
    draft = await shown(stage, "It is ")
    refuses(stage, "markdown", "section", "context", "actions", "context_actions")
    if shown is streamed:
        stage.slack.clock.advance(301)
    await settled(stage, asked_to(stage, text, draft=draft))
    await settled(stage, asked_to(stage, text, draft=draft), is_retry=True)

    assert " ".join(standing(stage)).split() == text.replace("**", "").split()
    assert {tuple(kinds(post)) for post in posts(stage)} == {()}


async def test_a_stream_that_cannot_take_the_buttons_keeps_its_steps(stage: SlackStage) -> None:
    refuses(stage, "context_actions")
    await settled(stage, asked_to(stage, draft=await with_cards(stage), progress=cards_only(stage)))

    (post,) = posts(stage)
    assert kinds(post) == ["plan", *BARE]


async def test_steps_that_are_too_much_beside_the_answer_are_left_out(stage: SlackStage) -> None:
    """A stream that has died with many steps is shown anew by an update, for which Slack's limit is for all of it."""
    sources = [{"text": "word " * 15, "url": "https://www.weather.example/"}] * 5
    steps = [ShownStep.model_validate({"title": "A", "state": "complete", "sources": sources}) for _ in range(40)]
    draft = await streamed(stage, "It is ")
    stage.slack.clock.advance(301)
    await settled(stage, asked_to(stage, draft=draft, progress=Progress(key="1.0:progress", steps=steps)))

    (post,) = posts(stage)
    assert (post.ts, standing(stage), kinds(post)) == (draft.messages[0], [ANSWER], BARE)


async def test_a_notice_that_cannot_be_shown_as_blocks_is_shown_as_text(stage: SlackStage) -> None:
    refuses(stage, "section")
    await settled(stage, asked_to(stage, "I can't answer.", is_notice=True))

    assert standing(stage) == ["I can't answer."]


@pytest.mark.parametrize("has_cards", [False, True])
async def test_an_answer_without_anything_to_see_is_an_apology(stage: SlackStage, *, has_cards: bool) -> None:
    draft = await with_cards(stage) if has_cards else None
    await settled(stage, asked_to(stage, "\u200b \n", draft=draft, progress=cards_only(stage)))

    assert standing(stage) == [sentence(UNUSABLE_ANSWER)]
