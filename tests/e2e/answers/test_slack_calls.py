"""How often a turn calls Slack, whose limits end the growth of a workspace before anything of ours does."""

from __future__ import annotations

from collections import Counter

from emulators.gemini.answers import calls, text
from emulators.gemini.holds import HeldStream
from tests.support.e2e.slack_calls import Calls
from tests.support.e2e.stage import Stage

STATUS, POST, UPDATE = "assistant.threads.setStatus", "chat.postMessage", "chat.update"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
LOOKED_UP = Counter({"users.info": 1, "conversations.info": 1})  # and then known for a while
TITLE = Counter({"agents.sessions.rename": 1})  # once in the life of a thread
ALERTS = "get_weather_alerts"
ANSWER = "There is a warning of floods in New York, and it holds until tomorrow evening."
HAIKU = Counter({STATUS: 1, START: 1, STOP: 1})
# The status, and once more after the steps are posted, as Slack takes it away then; the steps, and how they are over;
# the answer. More of an answer is added every 0.7 s while Gemini writes it: here at most once.
STEPS = HAIKU + Counter({STATUS: 1, POST: 1, UPDATE: 1})
CHAIN = STEPS + Counter({UPDATE: 2})  # the second step begins and the first one has ended: one update
MOST_OF_A_CHAIN, MOST_OF_A_PAIR = 9, 7


async def is_answered(stage: Stage, held: HeldStream, question: str, thread_ts: str = "") -> str:
    """Asks; the answer is at first held after its first words, until people see them. The thread's `ts`."""
    before = stage.calls(START)
    answers = len(stage.said(thread_ts)) if thread_ts else 0
    mention = f"<@{stage.slack.bot_user_id}> {question}"
    ts = stage.slack.say(stage.anna, stage.channel, mention, thread_ts=thread_ts or None)
    await stage.slack.until(lambda: stage.calls(START) > before)
    held.release()
    await stage.answered(thread_ts or ts, times=answers + 1)
    await stage.steps_are_over(thread_ts or ts)
    return thread_ts or ts


async def haiku(stage: Stage, thread_ts: str = "") -> str:
    held = stage.gemini.hold_stream(text("An old silent pond, a frog jumps into it").in_pieces(2), after=1)
    return await is_answered(stage, held, "a haiku", thread_ts)


async def chain(stage: Stage, thread_ts: str = "") -> str:
    stage.gemini.script(
        calls(("get_ip_address", {})),
        calls(("get_location_info", {"ipaddress": stage.world.public_ip})),
        calls((ALERTS, {"state": "NY"})),
    )
    held = stage.gemini.hold_stream(text(ANSWER).in_pieces(3, pause=0.5), after=1)
    return await is_answered(stage, held, "any alerts where I am?", thread_ts)


async def pair(stage: Stage, thread_ts: str) -> str:
    stage.gemini.script(calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": "CA"})))
    held = stage.gemini.hold_stream(text(ANSWER).in_pieces(3, pause=0.5), after=1)
    return await is_answered(stage, held, "any alerts in New York and California?", thread_ts)


async def known(stage: Stage) -> Calls:
    """Counts from now on; Anna and the channel are known to the worker, which has answered her there."""
    counted = Calls(stage)
    await haiku(stage)
    await counted.of_turn(HAIKU + TITLE + LOOKED_UP)
    return counted


def without_appends(found: Counter[str]) -> Counter[str]:
    return Counter({method: times for method, times in found.items() if method != APPEND})


async def test_an_answer_that_streams_takes_three_calls_and_the_title_of_its_thread_one(stage: Stage) -> None:
    counted = await known(stage)

    ts = await haiku(stage)
    assert await counted.of_turn(HAIKU + TITLE) == HAIKU + TITLE
    await haiku(stage, ts)
    assert await counted.of_turn(HAIKU) == HAIKU


async def test_a_chain_of_three_tools_takes_at_most_nine_calls_and_the_title_of_its_thread_one(stage: Stage) -> None:
    counted = await known(stage)

    ts = await chain(stage)
    first = await counted.of_turn(CHAIN + TITLE)
    await chain(stage, ts)
    later = await counted.of_turn(CHAIN)
    await haiku(stage, ts)  # counts what may have come late

    assert (without_appends(first), without_appends(later)) == (CHAIN + TITLE, CHAIN)
    assert first.total() <= MOST_OF_A_CHAIN + TITLE.total()
    assert later.total() <= MOST_OF_A_CHAIN
    assert await counted.of_turn(HAIKU) == HAIKU
    assert all(shown.count("✓") == 3 for shown in stage.progress(ts))


async def test_two_tools_at_the_same_time_take_at_most_seven_calls(stage: Stage) -> None:
    counted = await known(stage)
    ts = await haiku(stage)
    await counted.of_turn(HAIKU + TITLE)

    await pair(stage, ts)
    found = await counted.of_turn(STEPS)
    await haiku(stage, ts)

    assert without_appends(found) == STEPS
    assert found.total() <= MOST_OF_A_PAIR
    assert await counted.of_turn(HAIKU) == HAIKU
