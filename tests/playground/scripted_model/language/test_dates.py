"""Promises of the scripted model about days and hours: they count from when the question was written."""

from __future__ import annotations

import pytest

from playground.scripted_model.language.dates import NOT_COUNTED, Span, day_or_hour, local_time, span_in

FRIDAY = local_time("Fri 2026-11-27 10:15 UTC+01:00", "Europe/Berlin")
MONDAY = local_time("Mon 2026-11-30 00:30 UTC")
YOURS = "for you (Europe/Berlin)."


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what day is it here?", "It is **Friday, 27 November 2026**"),
        ("what's the date?", "It is **Friday, 27 November 2026**"),
        ("Which day of the week is it today?", "It is **Friday, 27 November 2026**"),
        ("what is today's date, please", "It is **Friday, 27 November 2026**"),
        ("what day is tomorrow?", "That is **Saturday, 28 November 2026**"),
        ("what date was the day before yesterday?", "That is **Wednesday, 25 November 2026**"),
        ("what day is next Monday?", "That is **Monday, 30 November 2026**"),
        ("what date is next friday", "That is **Friday, 4 December 2026**"),
        ("what's the date on Thursday?", "That is **Thursday, 3 December 2026**"),
        ("what was the date last Friday?", "That is **Friday, 20 November 2026**"),
        ("what's tomorrow's date?", "That is **Saturday, 28 November 2026**"),
        ("what is the date of next Monday?", "That is **Monday, 30 November 2026**"),
        ("when is next Monday?", "That is **Monday, 30 November 2026**"),
        ("what day is this Friday?", "That is **Friday, 27 November 2026**"),
        ("what day is in 3 days?", "That is **Monday, 30 November 2026**"),
        ("what day will it be in two weeks?", "That is **Friday, 11 December 2026**"),
        ("what day was it 3 days ago?", "That is **Tuesday, 24 November 2026**"),
        ("what day will it be in 20 hours?", "That is **Saturday, 28 November 2026**"),
        ("what time is it?", "It is **10:15**"),
        ("what time will it be in an hour?", "That is **11:15**"),
        ("what time was it 30 minutes ago?", "That is **09:45**"),
    ],
)
def test_days_and_hours_count_from_when_the_question_was_written(question: str, answer: str) -> None:
    assert day_or_hour(question, FRIDAY, "Europe/Berlin") == f"{answer} {YOURS}"


@pytest.mark.parametrize(
    "question",
    [
        "what did we decide yesterday?",
        "what's the date of the release?",
        "what day did we choose?",
        "what time is it in Tokyo?",
        "what is today's plan?",
        "what day is this message from?",
        "when is Friday's release?",
        "remind me on Monday",
        "hello",
    ],
)
def test_other_questions_are_left_to_others(question: str) -> None:
    assert not day_or_hour(question, FRIDAY, "Europe/Berlin")


def test_the_day_can_be_another_one_elsewhere() -> None:
    late = local_time("Fri 2026-11-27 20:15 UTC+01:00")

    assert day_or_hour("what day is it in Tokyo?", late, "") == "It is **Saturday, 28 November 2026** in Tokyo."


def test_months_and_years_are_not_guessed() -> None:
    assert day_or_hour("what day is it in 2 months?", FRIDAY, "Europe/Berlin") == NOT_COUNTED


def test_days_go_by_the_calendar_of_who_asks() -> None:
    late = local_time("Fri 2026-11-27 23:30 UTC", "Pacific/Auckland")

    assert "Saturday, 28 November" in day_or_hour("what day is it?", late, "Pacific/Auckland")
    assert span_in("yesterday", late) == Span("2026-11-27", "2026-11-27", "yesterday")


def test_without_a_moment_it_does_not_guess() -> None:
    assert day_or_hour("what day is it?", None, "").startswith("I do not know")
    assert not day_or_hour("what time is it?", None, "")


def test_without_a_time_zone_the_offset_is_named() -> None:
    assert "(UTC+01:00)" in day_or_hour("what day is it?", local_time("Fri 2026-11-27 10:15 UTC+01:00"), "")
    assert "(UTC)" in day_or_hour("what day is it?", MONDAY, "")


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    before = local_time("Sun 2026-10-25 02:30 UTC+02:00", "Europe/Berlin")

    assert "**02:30**" in day_or_hour("what time is it in an hour?", before, "Europe/Berlin")


@pytest.mark.parametrize("written", ["", "yesterday", "Fri 2026-13-45 10:15 UTC", "Fri 2026-11-27 10:15"])
def test_what_is_no_moment_is_none(written: str) -> None:
    assert local_time(written, "Europe/Berlin") is None


def test_of_a_time_zone_that_nobody_knows_the_offset_counts() -> None:
    assert local_time("Fri 2026-11-27 10:15 UTC", "../Nowhere") == local_time("Fri 2026-11-27 11:15 UTC+01:00")


@pytest.mark.parametrize(
    ("question", "span"),
    [
        ("what did we decide yesterday?", Span("2026-11-26", "2026-11-26", "yesterday")),
        ("and since yesterday?", Span("2026-11-26", "", "since yesterday")),
        ("the day before yesterday", Span("2026-11-25", "2026-11-25", "the day before yesterday")),
        ("today", Span("2026-11-27", "", "today")),
        ("this week", Span("2026-11-23", "", "this week")),
        ("last week", Span("2026-11-16", "2026-11-22", "last week")),
        ("since Monday", Span("2026-11-23", "", "since Monday")),
        ("on Tuesday", Span("2026-11-24", "2026-11-24", "on Tuesday")),
        ("on Friday", Span("2026-11-27", "2026-11-27", "on Friday")),
        ("last Friday", Span("2026-11-20", "2026-11-20", "on Friday")),
        ("3 days ago", Span("2026-11-24", "2026-11-24", "3 days ago")),
        ("what did we decide about Monday?", Span()),
        ("what did we decide for next Monday?", Span()),
        ("what did we decide?", Span()),
    ],
)
def test_a_time_in_the_past_is_read_as_days(question: str, span: Span) -> None:
    assert span_in(question, FRIDAY) == span
    assert span_in(question, None) == Span()


def test_a_time_is_asked_for_by_its_ends() -> None:
    assert Span("2026-11-26", "2026-11-26").arguments == {"since": "2026-11-26", "until": "2026-11-26"}
    assert Span("2026-11-26").arguments == {"since": "2026-11-26"}
