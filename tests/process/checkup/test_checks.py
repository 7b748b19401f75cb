"""Promises of how checks run: at once, in order, each within its time, and none breaks the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from process.checkup.checks import Check, StoppedError, results
from process.checkup.finding import Outcome, exit_code, failed, note, ok, unknown
from tests.support.checkup import found, states


def giving(name: str, outcome: Outcome | Sequence[Outcome], *needs: str) -> Check:
    async def run() -> Outcome | Sequence[Outcome]:
        return outcome

    return Check("Things", name, run, needs)


async def test_checks_run_at_once_and_are_told_in_their_order() -> None:
    second_runs = asyncio.Event()

    async def first() -> Outcome:
        await second_runs.wait()
        return ok("waited for the second")

    async def second() -> Outcome:
        second_runs.set()
        return ok("did not wait")

    told = await found([Check("Things", "first", first), Check("Things", "second", second)])

    assert list(states(told).items()) == [("first", "ok"), ("second", "ok")]


async def test_what_needs_a_check_that_is_not_ok_is_not_tried_and_says_what_it_needs() -> None:
    bad, unclear = failed("it is broken", "mend it"), unknown("who knows", "ask again")

    told = await found(
        [
            giving("door", bad),
            giving("window", ok("fine"), "door"),
            giving("curtain", ok("fine"), "window"),
            giving("weather", unclear),
            giving("walk", ok("fine"), "weather"),
            giving("note", note("good to know")),
            giving("letter", ok("fine"), "note"),
        ]
    )

    assert [told[name].state for name in ("window", "curtain", "walk", "letter")] == ["skipped"] * 3 + ["ok"]
    assert told["curtain"].found == "not tried, because it needs “window”"


async def test_a_check_that_takes_too_long_fails_and_the_others_are_told() -> None:
    async def for_ever() -> Outcome:
        await asyncio.Event().wait()
        return ok("never")

    told = await found(
        [Check("Things", "slow", for_ever, limit=timedelta(milliseconds=10)), giving("quick", ok("fine"))]
    )

    assert (told["slow"].state, told["slow"].found) == ("failed", "no answer within 0.01 seconds")
    assert told["quick"].state == "ok"


async def test_a_check_that_breaks_is_told_as_our_defect_without_the_words_of_the_exception() -> None:
    async def broken() -> Outcome:
        raise KeyError("xoxb-secret")

    finding = (await found([Check("Things", "broken", broken)]))["broken"]

    assert finding.state == "unknown"
    assert "KeyError at test_checks.py:" in finding.found
    assert "xoxb-secret" not in finding.found


async def test_what_a_check_calls_can_end_it_with_an_outcome() -> None:
    async def asks() -> Outcome:
        raise StoppedError(failed("nobody answers", "call again"))

    assert (await found([Check("Things", "asks", asks)]))["asks"].mend == "call again"


async def test_one_check_can_find_several_things() -> None:
    told = await found([giving("rooms", [ok("clean", check="kitchen"), failed("wet", "dry it", check="bath")])])

    assert states(told) == {"kitchen": "ok", "bath": "failed"}


async def test_checks_that_nobody_waits_for_any_more_are_ended() -> None:
    ended = asyncio.Event()

    async def for_ever() -> Outcome:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ok("never")

    told = results([giving("quick", ok("fine")), Check("Things", "slow", for_ever)])
    await anext(told)
    await told.aclose()  # type: ignore[attr-defined]  # a generator, which has it

    assert ended.is_set()


async def test_the_exit_code_is_one_for_a_failure_two_for_what_is_not_known_and_else_zero() -> None:
    async def code_of(*outcomes: Outcome) -> int:
        return exit_code(
            (await found([giving(f"check {number}", one) for number, one in enumerate(outcomes)])).values()
        )

    assert await code_of(ok("fine"), note("but")) == 0
    assert await code_of(ok("fine"), unknown("who knows", "ask")) == 2
    assert await code_of(unknown("who knows", "ask"), failed("broken", "mend")) == 1
