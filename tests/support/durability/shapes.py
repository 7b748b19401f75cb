"""The shapes that a conversation can take: each a function that has one of our workflow lived through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from agent_worker.contract.messages import Feedback, MessageChange, Renamed, SlackFile, StopRequest, TryAgain
from agent_worker.contract.names import FEEDBACK, MESSAGE_CHANGED, RENAMED, STOP, TRY_AGAIN
from agent_worker.payloads import errors
from agent_worker.payloads.model import ModelReply
from agent_worker.payloads.thread import Draft, Shown
from tests.support.agent_worker.rehearsal import SECOND, Held, Rehearsal, Talk, calls, text
from tests.support.durability import question_shapes

CLOSES_WITHIN = 60.0  # seconds
Shape = Callable[[Rehearsal], Awaitable[Talk]]


async def greeting(rehearsal: Rehearsal) -> Talk:
    return await _asked(rehearsal, "<@UBOT>")


async def haiku(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers.append(text("The heron stands still"))
    return await _asked(rehearsal, "write about a heron", "another one")


async def edited_at_once(rehearsal: Rehearsal) -> Talk:
    """While its first question is asked with the opening."""
    held = Held(text("never said"))
    rehearsal.cast.answers += [held, text("As it now reads.")]
    now = f"{time.time():.6f}"
    talk = rehearsal.conversation(now)
    await talk.say(now, "look it up")
    await held.reached()
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts=now, at=now, text="find it"))
    await talk.answered()
    return talk


async def three_tool_chain(rehearsal: Rehearsal) -> Talk:
    chain = [calls("get_ip_address"), calls("get_location_info"), calls("get_weather_alerts")]
    rehearsal.cast.answers += [*chain, text("No alerts.")]
    return await _asked(rehearsal, "any alerts here?")


async def parallel_tools(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers += [calls("look_up", "find", "count"), text("Found all three.")]
    return await _asked(rehearsal, "look, find and count")


async def failed_and_unknown_tools(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.tools["look_up"] = errors.final(errors.TOOL_UNAVAILABLE, "It is closed.")
    rehearsal.cast.answers += [calls("look_up"), calls("invented", refused="There is no such tool."), text("Sorry.")]
    return await _asked(rehearsal, "look it up")


async def unseen_progress(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.shown_at = errors.retryable(errors.SLACK_UNAVAILABLE, "HTTP 500")
    rehearsal.cast.answers += [calls("look_up", "find"), text("Found.")]
    return await _asked(rehearsal, "look it up")


async def steered(rehearsal: Rehearsal) -> Talk:
    held = Held({"output": "found"})
    rehearsal.cast.tools["look_up"] = held
    rehearsal.cast.answers += [calls("look_up"), text("Both, then.")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "look it up")
    await held.reached()
    await talk.say("1.1", "and the other one, says <@U7>")
    held.release()
    await talk.answered()
    return talk


async def joined_late(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.opened = rehearsal.cast.opened.model_copy(
        update={"earlier": "ben: the deploy failed", "answered": ["1.5"]}
    )
    talk = rehearsal.conversation()
    await talk.say("1.5", "answered before")
    await talk.ask("1.7", "what failed?")
    return talk


async def failed_turns(rehearsal: Rehearsal) -> Talk:
    codes = [errors.BAD_API_KEY, errors.UNKNOWN_MODEL, errors.BLOCKED_PROMPT, errors.TOO_LONG]
    rehearsal.cast.answers += [errors.final(code, "HTTP 400") for code in codes]
    rehearsal.cast.answers += [ModelReply(failed=errors.BLOCKED_ANSWER)]
    return await _asked(rehearsal, *["and now?"] * 6)


async def unusable_answers(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers += [ModelReply(unusable="cut_off"), text("Better."), *[ModelReply(unusable="empty")] * 3]
    return await _asked(rehearsal, "speak", "again")


async def out_of_steps(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.learn(agent_max_model_calls=2)
    rehearsal.cast.answers += [calls("look_up"), calls("look_up")]
    return await _asked(rehearsal, "look everything up")


async def undeliverable(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.refuse_delivery = 1
    talk = rehearsal.conversation()
    await talk.say("1.0")
    await rehearsal.until(lambda: not rehearsal.cast.refuse_delivery)
    await talk.ask("1.1")
    return talk


async def apps_in_circles(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.learn(agent_max_app_turns=1)
    talk = rehearsal.conversation()
    for number in range(2):
        await talk.say(f"1.{number}", "beep", "UAPP", from_app=True)
        await talk.answered(number + 1)
    await talk.ask("1.8", "a person")
    return talk


async def flooded(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.learn(agent_max_hourly_turns=1)
    return await _asked(rehearsal, "one", "two")


async def compacted(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers += [text("a" * 900), text("b", tokens=1_001), text("c"), text("d", tokens=1_001)]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "first")
    await talk.ask("1.1", "second")
    rehearsal.cast.summary = errors.final(errors.BLOCKED_PROMPT, "summary")
    for number in range(2, 5):
        await talk.ask(f"1.{number}", "more")
    return talk


async def idle_closed(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.learn(agent_idle_days=1 * SECOND)
    talk = await _asked(rehearsal, "hello")
    await asyncio.wait_for(talk.handle.result(), CLOSES_WITHIN)
    return talk


async def terminal(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers += [calls("look_up"), text("Found.")]
    talk = rehearsal.terminal()
    asked = await talk.say("1.0", "look it up")
    await asyncio.wait_for(asked.result(), CLOSES_WITHIN)
    return talk


async def streamed(rehearsal: Rehearsal) -> Talk:
    """With the steps in the streamed message, a title, and a message with a file in it."""
    rehearsal.cast.learn(agent_titles="model")
    rehearsal.cast.shown_at = Shown(draft=Draft(messages=["5.5"], streaming_since=1.0, has_cards=True))
    growing = Draft(messages=["5.5"], streaming_since=1.0, characters=6, written=6, has_cards=True)
    rehearsal.cast.answers += [
        calls("look_up").model_copy(update={"title": "Herons"}),
        text("Found.").model_copy(update={"draft": growing}),
    ]
    talk = rehearsal.conversation()
    await talk.say("1.0", "look at this", files=[SlackFile(id="F1", name="heron.png", mimetype="image/png", size=9)])
    await talk.answered()
    return talk


async def stopped(rehearsal: Rehearsal) -> Talk:
    """While it thinks, while a tool runs, when it is too late, and in words when there is nothing to stop."""
    thinking, looking = Held(text("never said")), Held({"output": "never heard"})
    rehearsal.cast.tools["look_up"] = looking
    rehearsal.cast.answers += [thinking, calls("find"), calls("look_up"), text("Found.")]
    talk = rehearsal.conversation()
    for ts, held in (("1.0", thinking), ("2.0", looking)):
        await talk.say(ts, "look it up")
        await held.reached()
        await talk.signal(STOP, StopRequest(at=f"{ts}1", user="U1"))
        await rehearsal.until(lambda: len(talk.answers) == int(ts[0]))  # noqa: B023  waited for within this round
    await talk.ask("3.0", "again")
    await talk.signal(STOP, StopRequest(at="3.5", user="U1", said="3.5"))
    await talk.answered(4)
    return talk


async def changed(rehearsal: Rehearsal) -> Talk:
    """Edited before it came and while it is answered, then taken back."""
    first, second = Held(text("never said")), Held(text("never said either"))
    rehearsal.cast.answers += [text("hello"), first, text("Yes."), second]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="2.0", at="2.1", text="is it cold?"))
    await talk.say("2.0", "is it clod?")
    await first.reached()
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="2.0", at="2.5", text="is it warm?"))
    await talk.answered(2)
    await talk.say("3.0", "and tomorrow?")
    await second.reached()
    await talk.signal(MESSAGE_CHANGED, MessageChange(ts="3.0", at="3.5", deleted=True))
    await talk.answered(3)
    return talk


async def judged_and_tried_again(rehearsal: Rehearsal) -> Talk:
    rehearsal.cast.answers += [text("first"), text("second")]
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await talk.click(FEEDBACK, Feedback(turn="1.0", user="U1", value="bad", at="1.5"))
    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.6"))
    await talk.answered(2)
    await talk.click(TRY_AGAIN, TryAgain(turn="1.0", user="U1", at="1.7"))
    await talk.signal(RENAMED, Renamed(title="Greetings", user="U1"))
    await rehearsal.until(lambda: len(rehearsal.cast.told) == len(("thanks", "not the last one")))
    return talk


async def several_people(rehearsal: Rehearsal) -> Talk:
    """One is overheard and heard with the next question, one may not talk to the agent."""
    rehearsal.cast.learn(thread_replies="auto")
    rehearsal.cast.refused["U9"] = "Sorry, no guests."
    talk = rehearsal.conversation()
    await talk.ask("1.0", "hello")
    await talk.say("2.0", "noon?", "U2", addressed=False)
    await talk.ask("3.0", "when do we meet?", "U2")
    await talk.say("4.0", "and me?", "U9")
    await rehearsal.until(lambda: rehearsal.cast.told)
    return talk


async def continued_as_new(rehearsal: Rehearsal) -> Talk:
    """On a server that suggests it early; a message waits while the first run ends."""
    held = Held(text("first"))
    rehearsal.cast.answers += [calls("look_up"), held, text("second")]
    talk = rehearsal.conversation()
    await talk.say("1.0", "look it up")
    await held.reached()
    await talk.say("1.1", "and then?")
    held.release()
    await talk.answered(2)
    return talk


SHAPES: tuple[Shape, ...] = (
    greeting,
    haiku,
    edited_at_once,
    three_tool_chain,
    parallel_tools,
    failed_and_unknown_tools,
    unseen_progress,
    steered,
    joined_late,
    failed_turns,
    unusable_answers,
    out_of_steps,
    undeliverable,
    apps_in_circles,
    flooded,
    compacted,
    idle_closed,
    terminal,
    streamed,
    stopped,
    changed,
    judged_and_tried_again,
    several_people,
    question_shapes.decided,
    question_shapes.decided_by_signal,
    question_shapes.called_off,
    question_shapes.chosen,
    question_shapes.filled_in,
)
RESTLESS_SHAPES: tuple[Shape, ...] = (continued_as_new, question_shapes.decided_in_a_later_run)


async def _asked(rehearsal: Rehearsal, *questions: str) -> Talk:
    talk = rehearsal.conversation()
    for number, question in enumerate(questions):
        await talk.ask(f"1.{number}", question)
    return talk
