"""Several people in one thread, and people from elsewhere."""

from __future__ import annotations

from pathlib import Path

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.slack.access import GUEST, NOT_LISTED, STRANGER
from emulators.gemini.answers import text
from tests.support.e2e.stage import Stage


def ask(stage: Stage, question: str, user: str | None = None) -> str:
    return stage.slack.say(user or stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


async def test_the_model_knows_who_said_what_and_does_not_butt_in(stage: Stage) -> None:
    stage.gemini.script(text("Hello Anna."), text("Friday.").given(contains="shall we say Friday?"))
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
    stage.gemini.script(text("Hello. Which day?"), text("Friday it is.").given(contains='"from":"ben"'))
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


def refusals(stage: Stage, user: str, channel: str) -> list[str]:
    """What only this person sees of the agent in a channel."""
    return [stage.slack.visible_text(message) for message in stage.slack.ephemerals(channel, user)]


async def heard(stage: Stage) -> None:
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))


async def test_guests_and_people_of_other_workspaces_are_refused_politely_once_and_in_private(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    stranger = stage.slack.add_user("sam", team_id="T0ELSEWHERE")
    foreigner = stage.slack.add_user("finn", team_id="T0THEIRS", organisation="E0THEIRS")
    everybody = [stage.anna, guest, stranger, foreigner]
    shared = stage.slack.add_channel("shared", members=everybody, is_shared=True)
    stage.gemini.script(text("Hello Anna."))

    for person, why in ((guest, GUEST), (stranger, STRANGER), (foreigner, STRANGER)):
        ts = stage.slack.say(person, shared, f"<@{stage.slack.bot_user_id}> hello")
        await stage.slack.until(lambda: refusals(stage, person, shared))  # noqa: B023  waited for within this round
        stage.slack.say(person, shared, "please", thread_ts=ts)
        stage.slack.say(person, shared, f"<@{stage.slack.bot_user_id}> please", thread_ts=ts)
        await heard(stage)
        assert refusals(stage, person, shared) == [why]
        assert (stage.said(ts, shared), stage.slack.status(shared, ts)) == ([], "")
    ts = stage.slack.say(stage.anna, shared, f"<@{stage.slack.bot_user_id}> hello")

    assert await stage.answered(ts, shared) == ["Hello Anna."]
    assert refusals(stage, stage.anna, shared) == []
    assert len(stage.gemini.requests) == 1


async def test_in_direct_messages_a_guest_is_refused_in_a_message(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    direct = stage.slack.open_dm(guest)

    ts = stage.slack.say(guest, direct, "hello")

    assert await stage.answered(ts, direct) == [GUEST]
    assert stage.gemini.requests == []


async def test_a_guest_who_says_something_beside_it_keeps_no_member_from_being_answered(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    stage.slack.join(guest, stage.channel)
    stage.gemini.script(text("Hello."), text("And now I do."))
    ts = ask(stage, "hello")
    await stage.answered(ts)

    stage.slack.say(guest, stage.channel, "haha", thread_ts=ts)
    await heard(stage)
    stage.slack.say(stage.anna, stage.channel, "do you know more now?", thread_ts=ts)

    assert await stage.answered(ts, times=2) == ["Hello.", "And now I do."]
    assert refusals(stage, guest, stage.channel) == []


async def test_a_guest_whom_a_member_has_mentioned_is_still_refused(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    stage.slack.join(guest, stage.channel)
    stage.gemini.script(text("I do not know."))
    ts = ask(stage, f"what does <@{guest}> think of this?")
    await stage.answered(ts)

    stage.slack.say(guest, stage.channel, f"<@{stage.slack.bot_user_id}> I like it", thread_ts=ts)

    await stage.slack.until(lambda: refusals(stage, guest, stage.channel) == [GUEST])
    assert stage.said(ts) == ["I do not know."]
    assert len(stage.gemini.requests) == 1


async def test_whatever_a_guest_does_in_a_members_conversation_it_changes_nothing(stage: Stage) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    stage.slack.join(guest, stage.channel)
    stage.gemini.script(text("First."))
    ts = ask(stage, "one")
    await stage.answered(ts)
    (answer,) = stage.slack.bot_posts(stage.channel, ts)
    held = stage.gemini.hold()
    stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> two", thread_ts=ts)
    await held.reached()

    word = stage.slack.say(guest, stage.channel, "stop", thread_ts=ts)
    stage.slack.press_stop(guest, stage.channel, ts)
    stage.slack.press_button(guest, stage.channel, answer.ts, FEEDBACK_BUTTONS, f"bad:{ts}")
    stage.slack.press_button(guest, stage.channel, answer.ts, TRY_AGAIN_BUTTON, ts)
    stage.slack.rename_session(guest, stage.channel, ts, "<!channel> owned")
    stage.slack.edit(stage.channel, word, "do as I say")
    stage.slack.delete(stage.channel, word)
    await heard(stage)
    await stage.slack.until(lambda: refusals(stage, guest, stage.channel))
    held.release(text("Second."))

    assert await stage.answered(ts, times=2) == ["First.", "Second."]
    stage.slack.press_button(guest, stage.channel, answer.ts, TRY_AGAIN_BUTTON, ts)
    await heard(stage)
    memo = await (await (await stage.workflow(ts)).describe()).memo()
    assert memo == {"user": stage.anna, "title": "one"}
    assert refusals(stage, guest, stage.channel) == [GUEST]
    assert len(stage.gemini.requests) == 2


async def test_a_changed_setting_takes_effect_in_an_open_conversation(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        doubtful = "tests.support.e2e.doubtful_worker"
        stage.worker = stage.process(doubtful, ready="worker is ready")
        await stage.start()
        stage.gemini.script(text("Hello Anna."), text("Hello Ben."))
        ts = ask(stage, "hello")
        await stage.answered(ts)

        await stage.worker.kill()
        stage.worker = stage.process(doubtful, ready="worker is ready", SLACK_ALLOWED_USERS=stage.ben)
        await stage.worker.start()
        for person in (stage.anna, stage.ben):
            stage.slack.say(person, stage.channel, f"<@{stage.slack.bot_user_id}> hello from {person}", thread_ts=ts)

        assert await stage.answered(ts, times=2) == ["Hello Anna.", "Hello Ben."]
        await stage.slack.until(lambda: refusals(stage, stage.anna, stage.channel) == [NOT_LISTED])
        assert f"hello from {stage.anna}" not in str(stage.gemini.requests[-1].contents)
        assert len(stage.gemini.requests) == 2


async def test_a_member_of_an_organisation_with_several_workspaces_is_answered(stage: Stage) -> None:
    greta = stage.slack.add_user("greta", organisation="E0OURS")
    stage.slack.join(greta, stage.channel)
    stage.gemini.script(text("Hello Greta."))

    ts = ask(stage, "hello", greta)

    assert await stage.answered(ts) == ["Hello Greta."]
    assert refusals(stage, greta, stage.channel) == []


async def test_an_app_with_the_name_of_an_allowed_one_is_ignored(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.bot = stage.process("slackbot", ready="bot is listening", SLACKBOT_ALLOWED_APPS="otherbot, Other Bot")
        await stage.start()
        stage.gemini.script(text("Hello Anna."))
        root = stage.slack.say_as_other_bot(stage.channel, f"<@{stage.slack.bot_user_id}> let me in")
        await heard(stage)

        assert await stage.answered(ask(stage, "hello")) == ["Hello Anna."]
        assert stage.said(root) == []
        assert any("apps are allowed by id only" in line for line in stage.bot.lines)


async def test_a_list_says_who_may_talk_to_it(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", SLACK_ALLOWED_USERS=stage.ben)
        await stage.start()
        stage.gemini.script(text("Hello Ben."))

        ask(stage, "hello")
        await stage.slack.until(lambda: refusals(stage, stage.anna, stage.channel) == [NOT_LISTED])
        ours = ask(stage, "hello", stage.ben)

        assert await stage.answered(ours) == ["Hello Ben."]
        assert len(stage.gemini.requests) == 1
