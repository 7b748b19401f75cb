"""Stop, in every way that people have, at every moment of a turn."""

from __future__ import annotations

import pytest

from agent_worker.contract.names import STOP_BUTTON
from agent_worker.payloads import errors
from emulators.gemini.answers import calls, text
from emulators.slack.state.messages import Message
from tests.support.e2e.stage import Stage

ALERTS = "get_weather_alerts"
STOPPED = errors.sentence(errors.STOPPED)
POEM = "An old silent pond.\n\nA frog jumps into the pond.\n\nSplash! Silence again."


def ask(stage: Stage, question: str = "alerts in New York?") -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


async def the_stop_button(stage: Stage, ts: str) -> Message:
    """The message in the thread that has it."""

    def with_button() -> list[Message]:
        posts = stage.slack.bot_posts(stage.channel, ts)
        return [post for post in posts if any(block["type"] == "actions" for block in post.blocks)]

    return (await stage.slack.until(with_button))[0]


def is_processing(stage: Stage, ts: str, channel: str) -> bool:
    """Whether Slack still shows its own Stop in the thread."""
    session = stage.slack.session(channel, ts)
    return session is not None and session.status == "processing"


async def goes_on(stage: Stage, ts: str, channel: str | None = None) -> None:
    """The next message in the thread is answered as if nothing had happened."""
    before = len(stage.said(ts, channel))
    stage.gemini.script(text("Here I am."))
    stage.slack.say(stage.anna, channel or stage.channel, "are you still there?", thread_ts=ts)
    assert (await stage.answered(ts, channel, times=before + 1))[-1] == "Here I am."


async def test_the_button_stops_a_tool_and_its_card_says_so(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})))
    held = stage.world.hold("weather")
    ts = ask(stage)
    await held.reached()

    post = await the_stop_button(stage, ts)
    stage.slack.press_button(stage.anna, stage.channel, post.ts, STOP_BUTTON)

    assert await stage.answered(ts) == [STOPPED]
    await held.abandoned()
    await stage.slack.until(lambda: stage.progress(ts) == ["Stopped\n✗ Weather alerts for New York"])
    await goes_on(stage, ts)


async def test_a_stop_early_in_a_turn_cancels_the_model_call(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage)
    await held.reached()

    await stage.slack.shows_stop(stage.channel, ts)
    stage.slack.press_stop(stage.anna, stage.channel, ts)

    assert await stage.answered(ts) == [STOPPED]
    await held.abandoned()
    await goes_on(stage, ts)


@pytest.mark.parametrize("kind", ["channel", "private channel", "group", "direct"])
async def test_slacks_own_stop_while_text_streams_leaves_one_sentence_wherever_the_session_is(
    stage: Stage, kind: str
) -> None:
    where = {
        "channel": lambda: stage.channel,
        "private channel": lambda: stage.slack.add_channel("secrets", members=[stage.anna], is_private=True),
        "group": lambda: stage.slack.open_group_dm([stage.anna, stage.ben]),
        "direct": lambda: stage.slack.open_dm(stage.anna),
    }[kind]()
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    ts = stage.slack.say(stage.anna, where, f"<@{stage.slack.bot_user_id}> a poem, please")
    await held.reached()
    await stage.slack.until(lambda: stage.slack.bot_posts(where, ts))

    stage.slack.press_stop(stage.anna, where, ts)

    assert await stage.answered(ts, where) == [STOPPED]
    await held.abandoned()
    assert stage.leftovers(ts, where) == []
    await stage.slack.until(lambda: not is_processing(stage, ts, where))
    await goes_on(stage, ts, where)


async def test_slacks_own_stop_in_a_channel_by_who_may_not_leaves_the_answer_whole(stage: Stage) -> None:
    """Slack itself ends the stream, whoever presses: the answer is completed another way."""
    guest = stage.slack.add_user("gus", is_guest=True)
    stage.slack.join(guest, stage.channel)
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    ts = ask(stage, "a poem, please")
    await held.reached()
    await stage.slack.until(lambda: stage.slack.bot_posts(stage.channel, ts))

    stage.slack.press_stop(guest, stage.channel, ts)
    await stage.slack.until(lambda: stage.slack.ephemerals(stage.channel, guest))
    held.release()

    assert await stage.answered(ts) == [POEM]
    assert stage.leftovers(ts) == []
    await stage.slack.until(lambda: not is_processing(stage, ts, stage.channel))


@pytest.mark.parametrize("word", ["stop", "Cancel!", "please stop"])
async def test_the_word_stops_it_too(stage: Stage, word: str) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})))
    held = stage.world.hold("weather")
    ts = ask(stage)
    await held.reached()

    stage.slack.say(stage.anna, stage.channel, word, thread_ts=ts)

    assert await stage.answered(ts) == [STOPPED]
    await goes_on(stage, ts)


async def test_what_was_done_before_a_late_stop_stays_on_its_card(stage: Stage) -> None:
    held = stage.gemini.hold(lambda request: len(request.contents) > 1)
    stage.gemini.script(calls((ALERTS, {"state": "NY"})))
    ts = ask(stage)
    await held.reached()

    stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=ts)

    assert await stage.answered(ts) == [STOPPED]
    await stage.slack.until(lambda: stage.progress(ts) == ["Stopped\n✓ Weather alerts for New York"])


async def test_slacks_own_stop_in_a_direct_message_keeps_the_cards_and_says_nothing_twice(stage: Stage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), calls((ALERTS, {"state": "CA"})))
    stage.world.hold("weather").release()
    held = stage.world.hold("weather")
    ts = stage.slack.say(stage.anna, direct, "alerts in New York, then in California?")
    await held.reached()
    await stage.slack.until(lambda: stage.slack.bot_posts(direct, ts))

    stage.slack.press_stop(stage.anna, direct, ts)

    assert await stage.answered(ts, direct) == [STOPPED]
    (post,) = stage.slack.bot_posts(direct, ts)
    cards = "Stopped\n✓ Weather alerts for New York\n✗ Weather alerts for California"
    assert stage.slack.visible_text(post) == f"{cards}\n{STOPPED}\n[Try Again]"
    await goes_on(stage, ts, direct)


async def test_a_stop_while_no_worker_is_up_is_not_lost(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})))
    held = stage.world.hold("weather")
    ts = ask(stage)
    await held.reached()
    post = await the_stop_button(stage, ts)
    stage.world.hold("weather")  # the next worker's attempt would not end either
    await stage.worker.kill()

    stage.slack.press_button(stage.anna, stage.channel, post.ts, STOP_BUTTON)
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    await stage.worker.start()

    assert await stage.answered(ts) == [STOPPED]
    await goes_on(stage, ts)


async def test_nothing_is_left_to_press_once_the_answer_is_there(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), text("Sunny."))
    ts = ask(stage)
    await stage.answered(ts)

    await stage.slack.until(lambda: stage.progress(ts) == ["Worked\n✓ Weather alerts for New York"])
