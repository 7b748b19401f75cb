"""Requests to be asked something: the agent has a tool for that, with buttons. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.tools.any_call import AnyCall

ASK_PERSON = "ask_person"
LONGEST_OPTION = 75  # characters
_ASKS = re.compile(
    r"\bask (?:me|us)\b(?!\W*(?:again|later))(?P<how> (?:whether|if|about|for))?[\s:,]*(?P<what>[^?\n]*)", re.IGNORECASE
)
_NOTHING = "what the agent can do for me"
_AROUND = ' .!"“”'
_OR = re.compile(r"(?P<one>[\w'-]+(?: [\w'-]+)?),? or (?P<other>[\w'-]+(?: [\w'-]+)?)\W*$", re.IGNORECASE)
_TO_THEM = (
    (r"\bI am\b|\bI'm\b|\bwe are\b", "you are"),
    (r"\b(?:I|we|me|us)\b", "you"),
    (r"\b(?:my|our)\b", "your"),
)


def asking(text: str, tools: Tools, now: datetime | None) -> Question | None:
    """The call that asks the person what they want to be asked; None if they do not, or if there is no tool for it."""
    found = _ASKS.search(text)
    if found is None or ASK_PERSON not in tools:
        return None
    what = re.sub(r"^(?:something|anything|a question)?\W*$", _NOTHING, found["what"].strip(_AROUND))
    for words, instead in _TO_THEM:
        what = re.sub(words, instead, what, flags=re.IGNORECASE)
    is_whether = (found["how"] or "").strip().lower() in {"whether", "if"}
    question = f"Please tell me whether {what}." if is_whether else f"Please tell me: {what}."
    either = _OR.search(what)
    options = [either["one"].split()[-1], either["other"].split()[0]] if either else ["Yes", "No"] if is_whether else []
    arguments = {"question": question, **({"options": [one[:LONGEST_OPTION] for one in options]} if options else {})}
    return AnyCall(tools[ASK_PERSON], arguments, now)
