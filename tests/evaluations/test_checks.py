"""Promises about expectations: what is expected is found, and what is wrong is said with what there was."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.cases.expectation import Expectation
from agent_worker.turn_history import Step
from evaluations.checks import checked, fits

ANSWER = "There is a **Flood Watch** for New York."
STEPS = [
    Step("get_weather_alerts", {"state": "NY"}, result={"output": {}}),
    Step("file_ticket", {"title": "Broken printer", "queue": "it"}, asks_people=True),
]


def failures(**expected: Any) -> list[str]:
    checks = checked(Expectation.model_validate(expected), STEPS, ANSWER)
    return [f"{check.what}: {check.why}" for check in checks if check.result == "failed"]


@pytest.mark.parametrize(
    "expected",
    [
        {"calls": ["get_weather_alerts", "file_*"]},
        {"calls": [{"tool": "get_weather_alerts", "arguments": {"state": "NY"}, "times": 1}]},
        {"calls": [{"tool": "file_ticket", "arguments": {"title": {"contains": "PRINTER"}}}]},
        {"calls": [{"tool": "file_ticket", "arguments": {"title": {"matches": "^Broken"}}}]},
        {"no_calls": "search_*"},
        {"asks": "file_ticket"},
        {"contains": ["flood watch"], "not_contains": "tornado", "matches": r"\*\*Flood"},
    ],
)
def test_what_came_out_as_expected_passes(expected: dict[str, Any]) -> None:
    assert failures(**expected) == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"calls": "get_location_info"}, "calls get_location_info: it was not called. The calls: get_weather_alerts("),
        (
            {"calls": [{"tool": "get_weather_alerts", "arguments": {"state": "CA"}}]},
            'calls get_weather_alerts(state="CA"): it was called with other arguments: get_weather_alerts(state="NY")',
        ),
        ({"calls": [{"tool": "file_ticket", "times": 2}]}, "it was called 1 times, not 2"),
        ({"no_calls": "*"}, 'does not call *: it was called: get_weather_alerts(state="NY"); file_ticket('),
        ({"asks": "get_weather_alerts"}, "asks people about get_weather_alerts: nobody was asked"),
        ({"contains": "tornado"}, f"contains “tornado”: it does not. The answer: {ANSWER}"),
        ({"not_contains": "NEW YORK"}, "does not contain “NEW YORK”: it does."),
        ({"matches": "^Flood"}, "matches ^Flood: it does not."),
    ],
)
def test_what_is_wrong_is_said(expected: dict[str, Any], said: str) -> None:
    (failure,) = failures(**expected)

    assert said in failure


@pytest.mark.parametrize(
    ("wanted", "arguments", "is_fit"),
    [
        ({}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": None}, {}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, True),
        ({"a": {"contains": "x"}}, {"a": ["X", "y"]}, True),
        ({"a": {"matches": "[0-9]"}}, {"a": "none"}, False),
    ],
)
def test_a_call_fits_if_it_has_the_arguments_and_perhaps_others(
    wanted: dict[str, Any], arguments: dict[str, Any], *, is_fit: bool
) -> None:
    assert fits(wanted, arguments) is is_fit
