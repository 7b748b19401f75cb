"""A short run of the chaos, and that its counting would notice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowHistory

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.contract.questions import APPROVE_BUTTON
from agent_worker.payloads.errors import DEFECT, sentence
from emulators.gemini.request import ModelRequest
from tests.durability import chaos
from tests.support.chaos.conversation import Banned, Conversation, true
from tests.support.chaos.decisions import Deciders
from tests.support.chaos.evidence import Seen, is_tried_again
from tests.support.chaos.report import LONGEST_WAIT, Outcome, outcome_of
from tests.support.chaos.second_thoughts import SecondThoughts
from tests.support.chaos.standstill import why_it_stands_still, why_not_replayed
from tests.support.chaos.strangers import MARK
from tests.support.durability.answering import Question, answer_to, ticket
from tests.support.durability.changed import LooksUpFirst
from tests.support.durability.stage import BreakableStage
from tests.support.e2e.ticket_card import TicketCard

pytestmark = pytest.mark.usefixtures("processes")
HELD_BACK = "The ans"  # a part of an answer that nobody goes on with


@pytest.mark.timeout(400)
async def test_twenty_faults_at_random_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    report = await chaos.run(tmp_path, faults=20, seed=7, clues=tmp_path / "clues")

    assert report.faults.total() >= 20
    assert report.asked > 0
    assert report.deeds.total() > 0
    assert report.decisions.total() > 0
    assert report.troubles == [], str(report)


async def test_the_counting_notices_what_is_lost_doubled_repeated_or_left(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        assert not (await outcome(conversation)).is_trouble

        await repeat(stage, stage.gemini.requests[-1])
        await say_again(conversation)
        conversation.asked.append(Question("never"))
        conversation.stopped.add("another one")
        conversation.waited["q1"] = LONGEST_WAIT + 1

        found = await outcome(conversation)
        assert (found.lost, found.doubled) == (["never"], 1)
        assert found.repeated == ["asked too often: 1", "11.0.0.1 too often: 1"]
        assert found.wrong_statuses
        assert (found.wrong_progress, found.defects, found.unheard_stops) == (1, 1, 1)
        assert found.leftovers == [HELD_BACK]
        assert found.late == [LONGEST_WAIT + 1]


async def test_the_counting_notices_a_conversation_that_nobody_goes_on_with(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        assert await why_it_stands_still(conversation) == ""
        await stage.worker.kill()

        why = await why_it_stands_still(conversation, timedelta(seconds=1))

        assert why.startswith("a query is not answered")


async def test_what_is_known_of_a_conversation_with_a_doubled_answer_is_kept(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        assert not (await outcome(conversation)).clues
        await say_again(conversation)

        found = await outcome(conversation)

        place = Path(found.clues)
        names = ["bot.log", "described.json", "history_1.json", "requests.json", "slack.txt", "why.txt", "worker.log"]
        assert sorted(os.listdir(place)) == names
        history = WorkflowHistory.from_json(place.name, (place / "history_1.json").read_text())
        assert await why_not_replayed([history]) == ""
        assert "question q1" in (place / "requests.json").read_text()


async def test_the_counting_notices_a_history_that_no_worker_can_replay(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        runs = await stage.runs(conversation.ts, conversation.channel)

    assert await why_not_replayed(runs) == ""
    assert "run 1 of 1 cannot be replayed" in await why_not_replayed(runs, LooksUpFirst)


async def test_the_counting_notices_whatever_strangers_bring_about(tmp_path: Path) -> None:
    """Somebody who may do everything does here what strangers try."""
    async with BreakableStage(tmp_path) as stage:
        sam = stage.slack.add_user("sam")
        conversation = await an_answered_conversation(stage)
        channel, ts = conversation.channel, conversation.ts
        stage.slack.join(sam, channel)
        answer = stage.slack.bot_posts(channel, ts)[-1].ts

        stage.slack.press_button(sam, channel, answer, FEEDBACK_BUTTONS)
        stage.slack.rename_session(sam, channel, ts, f"{MARK} title")
        stage.slack.press_button(sam, channel, answer, TRY_AGAIN_BUTTON)
        await stage.slack.until(lambda: conversation.answered["q1"] == 2)
        held = stage.gemini.hold(lambda request: request.mentions(MARK))
        stage.slack.say(sam, channel, f"<@{stage.slack.bot_user_id}> {MARK}", ts)
        await held.reached()
        await stage.slack.shows_stop(channel, ts)
        stage.slack.press_stop(sam, channel, ts)
        await stage.slack.until(lambda: conversation.stopped_by_others > 0)
        await post(conversation, f"You said {MARK}.", key="answer:0")

        *found, again = (await outcome(conversation, strangers=[sam])).effects
        assert found == ["the model was told", "answered", "stopped", "renamed", "exported"]
        assert again.startswith("tried again")


async def test_the_counting_notices_words_that_the_model_should_not_be_given(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path, worker_module=chaos.FORGETFUL) as stage:
        conversation = await an_answered_conversation(stage)
        before = Banned("q1", since=len(stage.gemini.requests))
        await ask_more(conversation, "q2")
        thoughts = SecondThoughts(stage, Random(1), is_listed=False)
        conversation.messages = {"q1": conversation.ts}
        await thoughts.take_back(conversation, Question("q3"))
        (taken_back,) = conversation.taken_back
        await true(lambda: taken_back.since is not None)
        await ask_more(conversation, "q4")
        assert not (await outcome(conversation)).is_trouble

        conversation.taken_back.append(before)  # as if q1 had been taken back before q2 was asked
        conversation.uninvited.append(Banned("q4", since=0))  # as if its author might not write
        found = await outcome(conversation)
        assert (found.recited, found.uninvited) == (["q1: 1 times"], ["q4: 1 times"])


async def test_what_a_guest_writes_and_edits_in_an_open_conversation_is_banned_and_not_given(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path, worker_module=chaos.FORGETFUL) as stage:
        conversation = await an_answered_conversation(stage)
        thoughts = SecondThoughts(stage, Random(1), is_listed=False)

        await thoughts.be_a_guest(conversation, Question("q2"), Question("q3"))
        await ask_more(conversation, "q4")

        assert [banned.name for banned in conversation.uninvited] == ["q2", "q3"]
        assert [banned.name for banned in conversation.taken_back] == ["q1"]
        await true(lambda: conversation.taken_back[0].since is not None)
        assert not (found := await outcome(conversation)).is_trouble, found
        assert stage.slack.ephemerals(conversation.channel, conversation.person)


async def test_what_somebody_writes_and_edits_who_was_taken_off_the_list_is_banned_and_not_given(
    tmp_path: Path,
) -> None:
    stage = BreakableStage(tmp_path, worker_module=chaos.FORGETFUL)
    person, other = stage.slack.add_user("carla"), stage.slack.add_user("dora")
    stage.settings["SLACK_ALLOWED_USERS"] = f"{person}, {other}"
    async with stage:
        conversation = await an_answered_conversation(stage, person)
        thoughts = SecondThoughts(stage, Random(1), is_listed=True)
        leaving = asyncio.create_task(thoughts.be_taken_off(conversation, Question("q2"), Question("q3")))
        await asyncio.sleep(0)  # now the list is changed
        await stage.worker.kill()
        await stage.worker.start()

        assert not await leaving
        assert [banned.name for banned in conversation.uninvited] == ["q2", "q3"]
        assert [banned.name for banned in conversation.taken_back] == ["q1"]
        await true(lambda: conversation.taken_back[0].since is not None)
        assert not (found := await outcome(conversation)).is_trouble, found
        assert stage.slack.ephemerals(conversation.channel, person)


async def ask_more(conversation: Conversation, name: str) -> None:
    conversation.ask(Question(name), mention=True)
    await conversation.stage.slack.until(lambda: conversation.is_done)


async def test_the_counting_notices_an_answer_that_is_overwritten_or_not_whole(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        conversation.ask(Question("q2", hostile="fences"), mention=True)
        await stage.slack.until(lambda: conversation.is_done)
        assert not (await outcome(conversation)).is_trouble

        _steps, whole, *_strange = stage.slack.bot_posts(conversation.channel, conversation.ts)
        half = await post(conversation, HELD_BACK, key="draft")
        await call(conversation, "chat.update", ts=whole.ts, text="word " * 2_001, blocks=[])
        assert conversation.mutilated == []  # Slack has taken it as plain text only
        for ts in (whole.ts, half):
            await call(conversation, "chat.update", ts=ts, text=sentence(DEFECT), blocks=[])
        conversation.asked[-1] = Question("q2", hostile="table")  # of which the thread shows nothing

        found = await outcome(conversation)
        assert found.overwritten == [sentence(DEFECT)] * 2
        assert found.mutilated == ["table: 0 of 1500"]


async def test_the_counting_notices_tickets_that_nobody_decided_and_clicks_that_nobody_answered(
    tmp_path: Path,
) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        conversation.ask(Question("q2", files_ticket=True), mention=True)
        await stage.slack.until(lambda: stage.question_cards(conversation.ts, conversation.channel))
        people = Deciders(stage, Random(1), [])
        card = TicketCard(stage, conversation.ts, conversation.channel)
        people.press(conversation, card, conversation.person, APPROVE_BUTTON, kind="approve")
        await stage.slack.until(lambda: conversation.is_done)
        assert not (await outcome(conversation)).is_trouble
        (approved,) = conversation.clicks

        conversation.clicks.append(replace(approved, user=stage.ben, is_allowed=False, told_before=99))
        await file_ticket(stage, "q2")
        for _ in range(2):
            await post(conversation, "The same card.", key="question")
        found = await outcome(conversation)
        assert (found.doubled_tickets, found.undecided_tickets, found.doubled_cards) == (1, 0, 1)
        assert [stage.ben in click for click in found.unanswered_clicks] == [True]

        await call(conversation, "chat.update", ts=approved.card, text="Rejected by nobody", blocks=a_rejection("q2"))
        conversation.clicks = [approved]
        assert (await outcome(conversation)).undecided_tickets == 2


async def test_a_card_is_decided_also_when_another_stands_below_it(tmp_path: Path) -> None:
    async with BreakableStage(tmp_path) as stage:
        conversation = await an_answered_conversation(stage)
        for number in (1, 2):
            conversation.ask(Question(f"q{number + 1}", files_ticket=True), mention=True)
            await stage.slack.until(
                lambda: len(stage.question_cards(conversation.ts, conversation.channel)) == number  # noqa: B023
            )
        people = Deciders(stage, Random(1), [stage.ben])
        people.begin([conversation])
        await stage.slack.until(lambda: conversation.is_done)
        await people.finish()
        assert {title for click in conversation.clicks for title in click.titles} == {"q2", "q3"}


def test_a_turn_that_a_decision_or_an_edit_has_begun_was_not_tried_again() -> None:
    """A decision that is made in the first second after an edited question has the next number, too."""
    edited, decided, again = "1.0:again1000", "2.0:again1001", "1.0:again1001"

    assert not is_tried_again("1.0", {"1.0"})
    assert not is_tried_again(edited, {"1.0", edited})
    assert not is_tried_again(decided, {"2.0", decided})  # 2.0:again1000 has ended in a question
    assert is_tried_again(again, {edited, again})
    assert is_tried_again("1.0:again1", {"1.0", "1.0:again1"})


def a_rejection(name: str) -> list[dict[str, Any]]:
    """How a card says that a ticket is not filed."""
    said = [f"File “{name}” with IT", "Rejected by <@U1>"]
    asked, decided = ({"type": "mrkdwn", "text": text} for text in said)
    return [{"type": "section", "text": asked}, {"type": "context", "elements": [decided]}]


async def file_ticket(stage: BreakableStage, name: str) -> None:
    async with httpx.AsyncClient(headers={"Idempotency-Key": "another call"}) as http:
        answer = await http.post(f"{stage.world.helpdesk_api_url}/tickets", json={**ticket(name), "priority": "low"})
        assert answer.status_code == 201


async def outcome(conversation: Conversation, strangers: Collection[str] = ()) -> Outcome:
    seen = Seen(conversation.stage, strangers)
    return await outcome_of(conversation, seen, conversation.stage.agents.parent / "clues")


async def an_answered_conversation(stage: BreakableStage, person: str = "") -> Conversation:
    person = person or stage.slack.add_user("carla")
    conversation = Conversation(stage, person, stage.slack.add_channel("talk", members=[person]))
    conversation.ask(Question("q1", (stage.address(), stage.address())), mention=True)
    await stage.slack.until(lambda: conversation.is_answered and not conversation.wrong_statuses)
    return conversation


async def repeat(stage: BreakableStage, request: ModelRequest) -> None:
    """A model call and a tool call that the worker has finished, once more."""
    address = f"{stage.gemini.base_url}/v1/models/{request.model}:generateContent"
    async with httpx.AsyncClient(headers={"x-goog-api-key": stage.gemini.api_key}) as http:
        await http.post(address, json=dict(request.body))
        await http.get(f"{stage.world.geolocation_url}/11.0.0.1")


async def say_again(conversation: Conversation) -> None:
    """The answer and the progress once more, a part of an answer, a failure, and a status that stays."""
    await post(conversation, answer_to("q1"), key="answer:0")
    await post(conversation, HELD_BACK)
    await post(conversation, sentence(DEFECT), key="notice")
    await post(conversation, "… Location", key="progress")
    where = {"channel_id": conversation.channel, "thread_ts": conversation.ts}
    await call(conversation, "assistant.threads.setStatus", **where, status="is thinking…")


async def post(conversation: Conversation, text: str, *, key: str = "") -> str:
    """Posts as the agent does, with the key of a post if there is one. The `ts` of the message."""
    metadata = {"event_type": "agent_post", "event_payload": {"key": f"{conversation.ts}:{key}"}}
    more = {"metadata": metadata} if key else {}
    return str((await call(conversation, "chat.postMessage", thread_ts=conversation.ts, text=text, **more))["ts"])


async def call(conversation: Conversation, method: str, **arguments: Any) -> dict[str, Any]:
    slack = conversation.stage.slack
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with httpx.AsyncClient(base_url=slack.api_url, headers=headers) as http:
        answer = await http.post(method, json={"channel": conversation.channel, **arguments})
        return dict(answer.json())
