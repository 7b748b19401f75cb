"""One target, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One target: what is measured, what is wanted, what was measured.

    `reached` is None if nothing was measured, or too little to tell; `note` says where the value comes from.
    """

    what: str
    wanted: str
    measured: str
    reached: bool | None
    note: str = ""


def judged(
    what: str, limit: float, value: float | None, form: str, *, at_least: bool = False, note: str = ""
) -> Target:
    """`limit` is the greatest value that reaches the target, or the least one with `at_least`; `form` prints both."""
    wanted = f"{'≥' if at_least else '≤'} {form.format(limit)}"
    if value is None:
        return Target(what, wanted, "not measured", None)
    is_reached = value >= limit if at_least else value <= limit
    return Target(what, wanted, form.format(value), is_reached, note)


def ratio(above: float | None, below: float | None) -> float | None:
    """None if one of them was not measured."""
    return None if above is None or not below else above / below
