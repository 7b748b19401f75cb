"""A span of time as people read it. Pure."""

from __future__ import annotations

MINUTE, HOUR = 60, 60 * 60  # seconds


def span(seconds: float) -> str:
    """The seconds in the one or two largest units: "12 s", "3 min 5 s", "2 h 10 min"; never less than "1 s"."""
    whole = max(1, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _of_two(whole // MINUTE, "min", whole % MINUTE, "s")
    return _of_two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")


def _of_two(larger: int, unit: str, smaller: int, smaller_unit: str) -> str:
    return f"{larger} {unit} {smaller} {smaller_unit}" if smaller else f"{larger} {unit}"
