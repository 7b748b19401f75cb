"""Promises of the delivery: the thread holds one complete answer, whatever was shown before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.payloads.thread import Draft
from agent_worker.slack.blocks.buttons import FOOTER
from agent_worker.slack.blocks.posts import notice
from agent_worker.slack.thread.metadata import EVENT_TYPE
from tests.support.agent_worker.settling import (
    ANSWER,
    POST,
    START,
    STOP,
    UPDATE,
    asked_to,
    buttons,
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

PLACES: list[dict[str, Any]] = [{}, {"direct": True}, {"mode": "post"}, {"streaming": False, "direct": True}]


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@pytest.fixture(params=PLACES, ids=str)
async def anywhere(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(**request.param) as stage:
        yield stage


# Nothing is shown yet


async def test_an_answer_of_which_nothing_was_shown_is_posted_once(anywhere: SlackStage) -> None:
    stage = anywhere
    await settled(stage, asked_to(stage))
    await settled(stage, asked_to(stage), is_retry=True)

    (post,) = posts(stage)
    assert standing(stage) == [ANSWER]
    assert post.metadata == {
        "event_type": EVENT_TYPE,
        "event_payload": {"key": f"{stage.root}:answer:0", "answers": [stage.root]},
    }
    assert (stage.calls(POST), stage.calls(START)) == (1, 0)


async def test_below_an_answer_stands_what_to_think_of_it_and_who_wrote_it(anywhere: SlackStage) -> None:
    stage = anywhere
    await settled(stage, asked_to(stage, offers_again=True))

    (post,) = posts(stage)
    assert kinds(post) == ["markdown", "context_actions", "actions", "context"]
    assert buttons(post) == {
        FEEDBACK_BUTTONS: [f"good:{stage.root}", f"bad:{stage.root}"],
        TRY_AGAIN_BUTTON: [stage.root],
    }
    assert FOOTER in stage.slack.visible_text(post)


async def test_only_the_last_of_several_messages_can_be_judged(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "word " * 3_000))

    first, second = posts(stage)
    assert (buttons(first), list(buttons(second))) == ({}, [FEEDBACK_BUTTONS])
    assert (first.metadata or {})["event_payload"]["answers"] == []
    assert (second.metadata or {})["event_payload"]["answers"] == [stage.root]


async def test_a_notice_is_no_answer_that_could_be_judged(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "I can't.", is_notice=True, offers_again=True))

    (post,) = posts(stage)
    assert kinds(post) == ["section", "actions"]
    assert buttons(post) == {TRY_AGAIN_BUTTON: [stage.root]}


async def test_what_belongs_to_no_turn_has_no_buttons(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, "Slowly, please.", turn="", key="1.0:limit", is_notice=True))

    assert kinds(posts(stage)[0]) == ["section"]


async def test_what_nobody_could_read_stands_before_the_answer(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, preface="> anna asks: why?\n\n"))

    assert standing(stage) == [f"> anna asks: why?\n\n{ANSWER}"]


async def test_nobody_else_is_pinged(anywhere: SlackStage) -> None:
    stage = anywhere
    text = f"<@{stage.anna}> and <@U0OTHER>, <!channel> @here"
    await settled(stage, asked_to(stage, text, may_mention=[stage.anna]))

    (post,) = posts(stage)
    for text in (post.text, standing(stage)[0]):
        assert f"<@{stage.anna}>" in text
        assert not any(mention in text for mention in ("<@U0OTHER>", "<!channel>", "@here"))


# It is being streamed


@pytest.mark.parametrize("direct", [False, True])
async def test_a_stream_ends_with_all_that_it_lacks_in_one_call(*, direct: bool) -> None:
    async with slack_stage(direct=direct) as stage:
        draft = await streamed(stage, ANSWER[:10])
        before = len(stage.slack.calls)
        await settled(stage, asked_to(stage, draft=draft))

        (post,) = posts(stage)
        assert [call.method for call in stage.slack.calls[before:]] == [STOP]
        assert (post.ts, standing(stage)) == (draft.messages[0], [ANSWER])
        assert kinds(post) == ["markdown", "context_actions", "context"]
        assert (post.metadata or {})["event_payload"]["answers"] == [stage.root]


async def test_a_stream_that_shows_only_steps_gets_the_whole_answer(stage: SlackStage) -> None:
    asked: dict[str, Any] = {"draft": await with_cards(stage), "progress": cards_only(stage), "preface": "> why?\n\n"}
    await settled(stage, asked_to(stage, **asked))
    await settled(stage, asked_to(stage, **asked), is_retry=True)

    (post,) = posts(stage)
    assert standing(stage) == [f"> why?\n\n{ANSWER}"]
    assert kinds(post) == ["plan", "markdown", "context_actions", "context"]
    (card,) = post.blocks[0]["tasks"]
    assert (card["status"], len(card["sources"])) == ("complete", 1)


async def test_steps_never_stand_in_the_middle_of_an_answer(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, draft=await streamed(stage, "It is "), progress=cards_only(stage)))

    assert "plan" not in kinds(posts(stage)[0])


async def test_the_answer_stands_apart_from_what_was_said_before_the_tools(stage: SlackStage) -> None:
    draft = (await streamed(stage, "Let me look.")).model_copy(update={"written": 0})
    await settled(stage, asked_to(stage, draft=draft))

    assert standing(stage) == [f"Let me look.\n\n{ANSWER}"]


@pytest.mark.parametrize(("text", "status"), [("Which town?", "suspended"), (ANSWER, "active")])
async def test_a_stream_that_ends_with_a_question_waits_for_a_person(stage: SlackStage, text: str, status: str) -> None:
    await settled(stage, asked_to(stage, text, draft=await streamed(stage, text[:5])))

    session = stage.slack.session(stage.channel, stage.root)
    assert session is not None
    assert session.status == status


async def test_a_stream_that_died_is_brought_into_its_form_by_an_update(stage: SlackStage) -> None:
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.clock.advance(301)
    await settled(stage, asked_to(stage, draft=draft, progress=cards_only(stage)))
    await settled(stage, asked_to(stage, draft=draft, progress=cards_only(stage)), is_retry=True)

    (post,) = posts(stage)
    assert (post.ts, standing(stage)) == (draft.messages[0], [ANSWER])
    assert kinds(post) == ["plan", "markdown", "context_actions", "context"]


async def test_what_a_person_has_stopped_ends_with_the_word_about_it(stage: SlackStage) -> None:
    draft = await streamed(stage, "It is ")
    stage.slack.press_stop(stage.anna, stage.channel, stage.root)
    await settled(stage, asked_to(stage, "Stopped.", draft=draft, is_notice=True))

    assert standing(stage) == ["Stopped."]
    assert [post.ts for post in posts(stage)] == draft.messages


@pytest.mark.parametrize("times", [1, 2, None])
async def test_a_stream_that_cannot_be_ended_is_completed_all_the_same(stage: SlackStage, times: int | None) -> None:
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.faults.add(method=STOP, kind="error", error="stopped_by_user", times=times)
    await settled(stage, asked_to(stage, draft=draft))

    assert standing(stage) == [ANSWER]


async def test_a_message_that_cannot_be_changed_makes_room_for_the_answer(stage: SlackStage) -> None:
    draft = await posted(stage, "It is ")
    stage.slack.faults.add(method=UPDATE, kind="error", error="edit_window_closed", times=None)
    await settled(stage, asked_to(stage, draft=draft))

    assert standing(stage) == [ANSWER]


async def test_a_stream_of_several_messages_keeps_those_that_are_finished(stage: SlackStage) -> None:
    draft = await streamed(stage, "one\n\n", "two\n\n")
    await settled(stage, asked_to(stage, "one\n\ntwo\n\nthree", draft=draft))
    await settled(stage, asked_to(stage, "one\n\ntwo\n\nthree", draft=draft), is_retry=True)

    assert standing(stage) == ["one\n\n", "two\n\nthree"]
    assert [list(buttons(post)) for post in posts(stage)] == [[], [FEEDBACK_BUTTONS]]


async def test_when_the_last_of_several_streams_died_the_messages_are_made_as_many_as_it_takes(
    stage: SlackStage,
) -> None:
    draft = await streamed(stage, "one\n\n", "two\n\n")
    stage.slack.clock.advance(301)
    await settled(stage, asked_to(stage, "one\n\ntwo\n\nthree", draft=draft))

    assert standing(stage) == ["one\n\ntwo\n\nthree"]
    assert [post.ts for post in posts(stage)] == draft.messages[:1]


# It is being posted


@pytest.mark.parametrize("text", [ANSWER, "No."])
async def test_a_message_that_changes_becomes_the_answer(anywhere: SlackStage, text: str) -> None:
    stage = anywhere
    draft = await posted(stage, ANSWER[:20])
    await settled(stage, asked_to(stage, text, draft=draft))
    await settled(stage, asked_to(stage, text, draft=draft), is_retry=True)

    assert standing(stage) == [text]
    assert [post.ts for post in posts(stage)] == draft.messages
    assert (stage.calls(POST), stage.calls(UPDATE)) == (1, 1)


async def test_a_draft_that_is_too_long_for_the_answer_is_shortened(stage: SlackStage) -> None:
    draft = await streamed(stage, "one\n\n", "two\n\n")
    draft = Draft(messages=draft.messages, unsure=True)
    await settled(stage, asked_to(stage, "No.", draft=draft))

    assert standing(stage) == ["No."]


@pytest.mark.parametrize("gone", [0, 1, 2])
async def test_a_message_that_a_person_has_deleted_is_made_up_for_in_the_right_order(
    stage: SlackStage, gone: int
) -> None:
    text = "".join(f"{number} " for number in range(6_500))
    draft = await streamed(stage, "a", "b", "c")
    stage.slack.clock.advance(301)
    stage.slack.delete(stage.channel, draft.messages[gone])
    await settled(stage, asked_to(stage, text, draft=draft))

    assert len(posts(stage)) == 3
    assert " ".join(standing(stage)).split() == text.split()


async def test_a_stream_that_a_person_has_deleted_is_said_anew(stage: SlackStage) -> None:
    draft = await streamed(stage, ANSWER[:10])
    stage.slack.delete(stage.channel, draft.messages[0])
    await settled(stage, asked_to(stage, draft=draft))

    assert standing(stage) == [ANSWER]


# It is not an answer, or not any more


async def test_what_was_taken_back_leaves_nothing(anywhere: SlackStage) -> None:
    stage = anywhere
    request = asked_to(stage, "", draft=await posted(stage, "It is "), withdrawn=True)
    await settled(stage, request)
    await settled(stage, request, is_retry=True)

    assert posts(stage) == []


@pytest.mark.parametrize("pieces", [[], ["It is "], ["It ", "is "]])
async def test_a_stream_that_was_taken_back_leaves_nothing(stage: SlackStage, pieces: list[str]) -> None:
    await settled(stage, asked_to(stage, "", draft=await streamed(stage, *pieces) if pieces else None, withdrawn=True))

    assert posts(stage) == []


async def test_a_word_about_waiting_becomes_the_answer(stage: SlackStage) -> None:
    waiting = await stage.posts.post(stage.thread, f"{stage.root}:waiting", notice("Wait."))
    await settled(stage, asked_to(stage, draft=Draft(unsure=True)))

    assert standing(stage) == [ANSWER]
    assert [post.ts for post in posts(stage)] == [waiting]
