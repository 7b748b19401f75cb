"""Several people in one thread, and people from elsewhere."""

from __future__ import annotations

from pathlib import Path

from agent_worker.slack.access import GUEST, NOT_LISTED, STRANGER
from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage


def ask(stage: Stage, question: str, user: str | None = None) -> str:
    return stage.slack.say(user or stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


async def test_the_model_knows_who_said_what_and_does_not_butt_in(stage: Stage) -> None:
    stage.gemini.script(text("Hello Anna."), text("Friday.").given(contains="ben: shall we say Friday?"))
    ts = ask(stage, "hello")
    await stage.answered(ts)

    reply = stage.slack.say(stage.ben, stage.channel, "shall we say Friday?", thread_ts=ts)
    await stage.slack.until(lambda: stage.is_acknowledged(reply))
    stage.slack.say(stage.anna, stage.channel, "fine with me", thread_ts=ts)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    stage.slack.say(stage.ben, stage.channel, f"<@{stage.slack.bot_user_id}> when do we meet?", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["Hello Anna.", "Friday."]
    assert len(stage.gemini.requests) == 2


async def test_the_agents_own_question_is_answered_by_anybody(stage: Stage) -> None:
    stage.gemini.script(text("Hello. Which day?"), text("Friday it is.").given(contains="ben: Friday"))
    ts = ask(stage, "hello")
    await stage.answered(ts)

    stage.slack.say(stage.ben, stage.channel, "Friday", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["Hello. Which day?", "Friday it is."]


async def test_with_mention_only_mentions_are_answered(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", THREAD_REPLIES="mention")
        await stage.start()
        stage.gemini.script(text("Hello."), text("Yes?"))
        ts = ask(stage, "hello")
        await stage.answered(ts)

        stage.slack.say(stage.anna, stage.channel, "talking to myself", thread_ts=ts)
        stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> you there?", thread_ts=ts)

        assert await stage.answered(ts, times=2) == ["Hello.", "Yes?"]


async def test_guests_and_people_of_other_workspaces_are_refused_politely_once(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    stranger = stage.slack.add_user("sam", team_id="T0ELSEWHERE")
    shared = stage.slack.add_channel("shared", members=[stage.anna, guest, stranger], is_shared=True)
    stage.gemini.script(text("Hello Anna."))

    for person, why in ((guest, GUEST), (stranger, STRANGER)):
        ts = stage.slack.say(person, shared, f"<@{stage.slack.bot_user_id}> hello")
        assert await stage.answered(ts, shared) == [why]
        stage.slack.say(person, shared, "please", thread_ts=ts)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))

    ts = stage.slack.say(stage.anna, shared, f"<@{stage.slack.bot_user_id}> hello")
    assert await stage.answered(ts, shared) == ["Hello Anna."]
    assert len(stage.gemini.requests) == 1


async def test_a_list_says_who_may_talk_to_it(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", SLACK_ALLOWED_USERS=stage.ben)
        await stage.start()
        stage.gemini.script(text("Hello Ben."))

        ts = ask(stage, "hello")
        assert await stage.answered(ts) == [NOT_LISTED]
        ours = ask(stage, "hello", stage.ben)

        assert await stage.answered(ours) == ["Hello Ben."]
        assert len(stage.gemini.requests) == 1
