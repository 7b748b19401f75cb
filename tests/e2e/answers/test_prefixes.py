"""Each request to Gemini begins with the one before, byte for byte: Gemini bills what it has read already for less.

What Gemini reads is the instructions, the tools and then the contents, in this order. A change in one of them makes it
read everything behind it anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from emulators.gemini.answers import Answer, calls, text
from emulators.gemini.request import ModelRequest
from tests.e2e.answers.test_files import IMAGE, NOTES
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import asked

TURNS = 20
FILES: dict[int, list[dict[str, Any]]] = {3: [IMAGE], 7: [NOTES]}  # by the turn with which they come
ALERTS = "get_weather_alerts"


def answers(stage: Stage, number: int) -> list[Answer]:
    """Every third turn calls two tools, one after the other; every fifth one two at the same time."""
    said = text(f"Answer {number}.", thought="Let me see.", signed=True)
    if number % 5 == 0:
        return [calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": "CA"}), thought="Both."), said]
    if number % 3 == 0:
        located = calls(("get_location_info", {"ipaddress": stage.world.public_ip}), text="I look where that is.")
        return [calls(("get_ip_address", {})), located, said]
    return [said]


async def turn(stage: Stage, number: int, thread_ts: str = "") -> str:
    """Anna and Ben take turns; not every message mentions the agent. The message's `ts`."""
    stage.gemini.script(*answers(stage, number))
    author = stage.ben if number > 4 and number % 4 == 0 else stage.anna
    mention = "" if 1 < number < 4 else f"<@{stage.slack.bot_user_id}> "
    ts = stage.slack.say(
        author, stage.channel, f"{mention}question {number}", thread_ts=thread_ts or None, files=FILES.get(number)
    )
    await stage.answered(thread_ts or ts, times=number)
    return ts


def head(request: ModelRequest) -> str:
    """What Gemini reads before the contents."""
    return json.dumps([request.body.get("systemInstruction"), request.body.get("tools")])


def contents(request: ModelRequest) -> list[str]:
    return [json.dumps(content) for content in request.body["contents"]]


def kept(before: ModelRequest, request: ModelRequest) -> int:
    """How many of the contents of the request before this one begins with."""
    pairs = zip(contents(before), contents(request), strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), len(contents(before)))


def changed(requests: Sequence[ModelRequest]) -> list[str]:
    """The requests that do not begin with the one before, and where they differ."""
    found = []
    for number, (before, request) in enumerate(pairwise(requests), 2):
        if head(before) != head(request):
            found.append(f"request {number}: instructions or tools: {_difference(head(before), head(request))}")
        if (at := kept(before, request)) < len(contents(before)):
            difference = _difference(contents(before)[at], contents(request)[at])
            found.append(f"request {number}: content {at} of {len(contents(before))}: {difference}")
    return found


def _difference(one: str, other: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(at - 40, 0) : at + 80]!r} became {other[max(at - 40, 0) : at + 80]!r}"


async def test_each_request_of_twenty_turns_with_tools_begins_with_the_one_before(stage: Stage) -> None:
    thread_ts = await turn(stage, 1)
    for number in range(2, TURNS + 1):
        await turn(stage, number, thread_ts)

    requests = stage.gemini.requests
    assert len(requests) == sum(len(answers(stage, number)) for number in range(1, TURNS + 1))
    assert changed(requests) == []


async def test_an_edit_leaves_what_gemini_has_read_before_the_edited_message(stage: Stage) -> None:
    thread_ts = await turn(stage, 1)
    for number in range(2, 7):
        edited = await turn(stage, number, thread_ts)
    before = stage.gemini.requests[-1]
    stage.slack.edit(stage.channel, edited, f"<@{stage.slack.bot_user_id}> question 6, asked otherwise")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))

    await turn(stage, 7, thread_ts)
    await turn(stage, 8, thread_ts)

    first_after, *later = stage.gemini.requests[stage.gemini.requests.index(before) + 1 :]
    unedited = next(at for at, content in enumerate(contents(before)) if "question 6" in content)
    assert "question 6, asked otherwise" in contents(first_after)[unedited]
    assert (head(first_after), kept(before, first_after)) == (head(before), unedited)
    assert changed([first_after, *later]) == []


async def test_what_people_decide_changes_nothing_that_gemini_has_read_before_their_question(stage: Stage) -> None:
    card = await asked(stage, "I filed IT-101.")
    (before,) = stage.gemini.requests[:1]

    card.press(stage.anna)
    await stage.answered(card.ts, times=2)

    after = stage.gemini.requests[-1]
    assert head(after) == head(before)
    assert kept(before, after) == len(contents(before))


async def test_try_again_asks_for_the_same_as_before(stage: Stage) -> None:
    ts = await turn(stage, 1)
    stage.gemini.script(text("Answer 1, in other words."))
    (answer,) = stage.slack.bot_posts(stage.channel, ts)

    stage.slack.press_button(stage.anna, stage.channel, answer.ts, TRY_AGAIN_BUTTON)
    await stage.answered(ts, times=2)

    before, again = stage.gemini.requests
    assert (head(again), contents(again)) == (head(before), contents(before))
