"""Promises of spans of time: two units at most, and never nothing."""

from __future__ import annotations

import pytest

from text.spans import span


@pytest.mark.parametrize(
    ("seconds", "read"),
    [(0, "1 s"), (12.3, "12 s"), (59.6, "1 min"), (65, "1 min 5 s"), (3_599.9, "1 h"), (7_900, "2 h 11 min")],
)
def test_a_span_is_read_in_its_largest_units(seconds: float, read: str) -> None:
    assert span(seconds) == read
