"""What came of a tool call, in a few words for the card that people see. Pure.

A tool may say it itself (`@tool(outcome=…)`). Otherwise only what the result itself tells is said, and nothing guessed.
"""

from __future__ import annotations

import re
from typing import Any

from agent_worker.payloads.storage_limits import writable
from text.exception_names import without_exception_names
from text.lines import cut, title

LONGEST_OUTCOME = 100  # characters
READ = 1_000  # characters of a text of which a part becomes the line
_DATA = re.compile(r"\A\s*[{\[<]")  # how JSON and markup begin


def of_result(result: Any) -> str:
    """What a person can be told of any result; "" if only the model can make something of it."""
    if isinstance(result, bool):
        return "Yes" if result else "No"
    if isinstance(result, int | float):
        return f"{result:,}"
    if isinstance(result, str):
        return _of_text(result)
    if isinstance(result, dict) and len(result) == 1:
        (result,) = result.values()
    return counted(len(result), "result") if isinstance(result, list) else ""


def counted(number: int, what: str, many: str = "") -> str:
    """How many of something: "No alerts", "1 alert", "12 alerts". `many`: its plural, if that is not `what` + "s"."""
    return f"1 {what}" if number == 1 else f"{number or 'No'} {many or f'{what}s'}"


def outcome_line(text: object) -> str:
    """Words for a card as one short line, without names of exceptions; "" if nothing is left of them."""
    return title(without_exception_names(writable(cut(str(text), READ))), LONGEST_OUTCOME)


def _of_text(text: str) -> str:
    """The text itself, if it is one short line and no data."""
    said = text.strip()
    is_a_line = len(said) <= LONGEST_OUTCOME and "\n" not in said and not _DATA.match(said)
    return outcome_line(said) if is_a_line else ""
