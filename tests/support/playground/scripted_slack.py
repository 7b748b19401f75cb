"""What the agent tells the scripted model of Slack: people, places, messages, links and results of tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent_worker.conversation.wording.model_form import line, note
from emulators.gemini.request import ModelRequest
from tests.support.playground.scripted_requests import SEARCH, SLACK_TOOLS, request

NO_TOOLS: Mapping[str, list[str]] = {}
ANNA, BEN, CLARA = "U0ANNA", "U0BEN", "U0CLARA"
LINK = "https://acme.slack.com/archives/C0GENERAL/p1764150000000100"
YESTERDAY = {"since": "2026-11-26", "until": "2026-11-26"}
GENERAL = line(place="#general", id="C0GENERAL", kind="public channel")
DIRECT = line(place="direct messages")
PERSON = line(person="Anna", id=ANNA, full_name="Anna Berg", title="Designer", time_zone="Europe/Berlin")
SAID_BY_BEN = line(
    **{"from": "Ben", "id": BEN, "at": "Fri 2026-11-27 09:00 UTC+01:00", "text": "The oven is hot. Mind it."}
)


def from_anna(words: str) -> str:
    return line(**{"from": "Anna", "id": ANNA, "at": "Fri 2026-11-27 10:15 UTC+01:00", "text": words})


def asked(question: str, *before: str, place: str = GENERAL, after: Sequence[str] = ()) -> dict[str, Any]:
    """The question of Anna, between these objects."""
    texts = [place, PERSON, *before, from_anna(question), *after]
    return {"role": "user", "parts": [{"text": one} for one in texts]}


def beside(**looks_at: str) -> str:
    return note(
        "This person has this channel open beside the conversation.", **{"from": "Anna", "id": ANNA}, **looks_at
    )


def message(words: str, *, at: str = "Thu 2026-11-26 16:40 UTC+01:00", **others: Any) -> dict[str, Any]:
    return {"from": "Ben", "id": BEN, "at": at, "text": words, "link": LINK, **others}


def found(*messages: dict[str, Any], **others: str) -> dict[str, Any]:
    return {"output": {"channel": "#general", "id": "C0GENERAL", "messages": list(messages), **others}}


def linked(*messages: dict[str, Any], **others: str) -> str:
    return line(link=LINK, place="#general", id="C0GENERAL", messages=list(messages), **others)


def to_slack(
    *contents: dict[str, Any], search: bool = False, others: Mapping[str, list[str]] = NO_TOOLS, mode: str = "AUTO"
) -> ModelRequest:
    """With the tools that read Slack, and these others."""
    return request(*contents, mode=mode, tools={**SLACK_TOOLS, **(SEARCH if search else {}), **others})
