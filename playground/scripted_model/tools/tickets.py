"""Requests for a ticket: which one is to be filed, with whom, and how urgent it is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playground.scripted_model.question import Question
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Call, Turn
from playground.scripted_model.tools.reports import report
from text.lines import one_line

FILE_TICKET = "file_ticket"
LONGEST_TITLE = 100  # characters
NO_TOOL = "I would have to file a ticket, but I have no tool for it here."
ABOUT_WHAT = "What is the ticket about? Write it after a colon, as in “file a ticket: the printer is broken”."
_ASKS = re.compile(
    r"(?:^|[^\w\s]\s*|@\S+\s+|\b(?:please|you|to|and|then|also|just|now|let's|lets)\s+)"
    r"(?:file|open|create|raise|submit|log|make)(?: me| us)? (?:an?|another|one)"
    r"(?P<kind>(?: [\w-]+){0,4}?) ticket\b"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"^\s*(?:with|at|to|for|in)\s+(?:the\s+)?(?:IT|office|people|HR|helpdesk)(?:\s+(?:team|queue|department))?\b"
    r"(?=\s*(?:$|[^\w\s]|about|for|that|because|saying))",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(r"^[\s:,;.\u2013\u2014-]*(?:(?:about|for|that|because|saying)\b[\s:]*)?", re.IGNORECASE)
_URGENCY = re.compile(
    r"\s*[,;(\u2013\u2014-]*\s*\b(?:it(?:'s| is)|this is|very)?\s*"
    r"\b(?:(?P<low>not urgent|low[ -]priority|no (?:rush|hurry))|urgent(?:ly)?|asap|emergency)\b[!.)]*",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\W*(?:and\s+)?(?:another|one more|a second)(?: one| ticket)?\s*(?:for|about|:)\s*(?P<about>.*\w.*)", re.IGNORECASE
)
# The team by its name, and by what it takes care of.
_NAMED = (("it", r"\b(?:it|helpdesk)\b"), ("office", r"\boffice\b"), ("people", r"\b(?:people|hr)\b"))
_CARES = (
    ("it", r"\b(?:printers?|laptops?|computers?|screens?|wi-?fi|vpn|passwords?|accounts?|e-?mail|network)\b"),
    ("office", r"\b(?:office|desks?|chairs?|doors?|lights?|heating|windows?|kitchen|coffee|rooms?|keys?|plants?)\b"),
    ("people", r"\b(?:hr|payroll|salary|contract|vacation|holidays?|leave|onboarding|payslips?)\b"),
)


@dataclass(frozen=True)
class Tickets(Question):
    """One ticket for each line that asks for one. A call is made once, whatever people have made of it."""

    text: str

    @property
    def without_tool(self) -> str:
        return NO_TOOL

    @property
    def is_open(self) -> bool:
        return not tickets_in(self.text)

    def calls(self, _turn: Turn, declared: Tools, /) -> list[Call]:
        if self.is_open and FILE_TICKET not in declared:
            return [(FILE_TICKET, {})]
        return [(FILE_TICKET, ticket) for ticket in tickets_in(self.text)]

    def answer(self, turn: Turn, /) -> str:
        return ABOUT_WHAT if self.is_open else report(turn.results)

    def going_on(self, text: str, /) -> Question | None:
        if self.is_open:
            return Tickets(f"{self.text.rstrip(' .!?:')}: {text}")
        another = _ANOTHER.match(text)
        return Tickets(f"file a ticket: {another['about']}") if another else None


def asks_for_ticket(text: str) -> bool:
    return any(map(_ASKS.search, text.splitlines()))


def tickets_in(text: str) -> list[dict[str, str]]:
    """The arguments of a call for each line that asks for a ticket and says what it is about."""
    found = (_ticket(match) for line in text.splitlines() if (match := _ASKS.search(line)))
    return [ticket for ticket in found if ticket]


def _ticket(asked: re.Match[str]) -> dict[str, str] | None:
    with_whom = _WITH.match(asked["rest"])
    lead = with_whom[0] if with_whom else ""
    about = _LEADS_IN.sub("", asked["rest"][len(lead) :], count=1)
    urgency = _URGENCY.search(f"{asked['kind']} ") or _URGENCY.search(about)
    about = _URGENCY.sub("", about, count=1).strip(" ,;:")
    if not re.search(r"\w", about):
        return None
    title = one_line(about.rstrip(" .!"), LONGEST_TITLE)
    return {
        "title": title[0].upper() + title[1:],
        "description": about,
        "queue": _queue(f"{asked['kind']} {lead}", about),
        "priority": "normal" if urgency is None else "low" if urgency["low"] else "urgent",
    }


def _queue(named: str, about: str) -> str:
    """The team that the request names (there "it" is no other word), or whose business it is; otherwise IT."""
    teams = [(named, *team) for team in _NAMED] + [(about, *team) for team in _CARES]
    return next((queue for text, queue, words in teams if re.search(words, text, re.IGNORECASE)), "it")
