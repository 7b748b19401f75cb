"""Promises of the lines of an export: every turn is told, sums add up whatever they are by, and nothing is hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agent_worker.contract.messages import Thread
from agent_worker.payloads.costs import CostRecord, Spent
from agent_worker.usage.costs import Cost, Found
from agent_worker.usage.lines import FIELDS, Wanted, lines

FLASH, OTHER = "gemini-3.8-flash", "gemini-9-unheard-of"


def cost(day: int, person: str, channel: str, model: str = FLASH, turns: int = 1, **spent: Any) -> Cost:
    record = CostRecord(day=f"2026-11-{day:02}", turn=f"{day}.0", person=person, agent="default")
    return Cost(Thread(team="T1", channel=channel, thread_ts="1.0"), record, Spent(model=model, **spent), turns)


FOUND = Found(
    costs=[
        cost(29, "U2", "C2", given=10, dollars=0.5, at_most=True),
        cost(28, "U1", "C1", given=100, cached=40, answered=7, thoughts=3, dollars=0.25),
        cost(28, "U1", "C1", OTHER, turns=0, given=5, unpriced=1),
        cost(29, "U1", "C2", untold=1),
    ],
    unread=["slack:T1:C9:1.0"],
)


def test_without_sums_there_is_a_line_for_each_turn_and_model_and_one_that_adds_all_up() -> None:
    *told, last = lines(FOUND, Wanted())

    assert told[0] == {
        "day": "2026-11-28",
        "person": "U1",
        "channel": "C1",
        "agent": "default",
        "model": FLASH,
        "team": "T1",
        "thread_ts": "1.0",
        "turn": "28.0",
        "turns": 1,
        "requests": 1,
        "given": 100,
        "cached": 40,
        "answered": 7,
        "thoughts": 3,
        "dollars": 0.25,
        "at_most": False,
        "unpriced": 0,
        "untold": 0,
    }
    assert [(line["model"], line["dollars"]) for line in told[1:]] == [(OTHER, None), (FLASH, 0.5), (FLASH, None)]
    summary = last["summary"]
    assert (summary["turns"], summary["requests"], summary["dollars"]) == (3, 4, 0.75)
    assert (summary["unpriced"], summary["untold"], summary["at_most"]) == (1, 1, True)
    assert summary["unread"] == ["slack:T1:C9:1.0"]


@pytest.mark.parametrize("by", [*FIELDS, "person,day", "day,channel,model"])
def test_sums_by_any_fields_are_all_that_there_is(by: str) -> None:
    names = by.split(",")

    *sums, last = lines(FOUND, Wanted(by=names))

    assert [list(line)[: len(names)] for line in sums] == [names] * len(sums)
    assert len({tuple(line[name] for name in names) for line in sums}) == len(sums)
    for figure in ("turns", "requests", "given", "unpriced", "untold"):
        assert sum(line[figure] for line in sums) == last["summary"][figure]
    assert sum(line["dollars"] or 0 for line in sums) == pytest.approx(last["summary"]["dollars"])


def test_sums_by_person_are_of_each_person() -> None:
    *sums, _ = lines(FOUND, Wanted(by=["person"]))

    assert [(line["person"], line["turns"], line["dollars"]) for line in sums] == [("U1", 2, 0.25), ("U2", 1, 0.5)]


def test_a_period_and_a_person_can_be_chosen() -> None:
    *told, last = lines(FOUND, Wanted(since=date(2026, 11, 29), until=date(2026, 11, 29), person="U2"))

    assert [(line["day"], line["person"]) for line in told] == [("2026-11-29", "U2")]
    assert last["summary"]["turns"] == 1


def test_of_nothing_there_is_a_summary() -> None:
    (last,) = lines(Found(), Wanted(by=["day"]))

    assert (last["summary"]["turns"], last["summary"]["dollars"]) == (0, 0)
