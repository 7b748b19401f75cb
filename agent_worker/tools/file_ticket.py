"""The tool that files a ticket with the helpdesk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

import httpx
from pydantic import Field, HttpUrl, StringConstraints

from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.http_request import post_object
from agent_worker.toolbox.sources import Source, Sourced
from agent_worker.toolbox.tool import ToolError, ToolSettings, ToolUnavailableError, tool
from text import lines
from text.json_shapes import string

SERVICE = "The helpdesk"
LONGEST_TITLE = 120  # characters
LONGEST_DESCRIPTION = 4_000  # characters
SHOWN = 60  # characters of a title that people see on the call's card, and before they let the call run
NOT_KNOWN = "Whether the ticket was filed is not known."
QUEUES: Mapping[str, str] = {"it": "IT", "office": "the office team", "people": "the People team"}
PRIORITIES: Mapping[str, str] = {"low": ", low priority", "normal": "", "urgent": ", urgent"}
_NUMBER = re.compile(r"[A-Z]{1,20}-\d{1,12}")


class HelpdeskSettings(ToolSettings):
    helpdesk_api_url: HttpUrl | None = Field(
        None,
        description=(
            "a helpdesk that takes a POST of URL/tickets with title, description, queue, priority and an "
            "Idempotency-Key; without it there is no tool that files tickets"
        ),
    )

    @property
    def is_configured(self) -> bool:
        return self.helpdesk_api_url is not None


def _effect(title: str, queue: str, priority: str) -> str:
    return f"File “{lines.title(title, SHOWN)}” with {QUEUES[queue]}{PRIORITIES[priority]}"


@tool(
    title=lambda title: f"Ticket: {lines.title(title, SHOWN)}",
    summary="a ticket for IT, the office team or the People team",
    timeout=timedelta(seconds=20),
    attempts=3,
    effect=_effect,
    outcome=lambda filed: f"Filed as {filed['ticket']}",
)
async def file_ticket(
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TITLE),
        Field(description="What is wrong or wanted, in a few words"),
    ],
    description: Annotated[
        str,
        StringConstraints(max_length=LONGEST_DESCRIPTION),
        Field(description="What whoever takes the ticket has to know, from what people said; nothing invented"),
    ],
    queue: Annotated[
        Literal["it", "office", "people"],
        Field(description="it: computers, accounts, printers; office: rooms, furniture; people: work, pay, leave"),
    ],
    priority: Annotated[
        Literal["low", "normal", "urgent"], Field(description="urgent only if the person says so")
    ] = "normal",
    *,
    http: httpx.AsyncClient,
    settings: HelpdeskSettings,
    call: ToolCallKey,
) -> Sourced:
    """File a ticket with the helpdesk, when somebody asks for one. Tell its number, with the link.

    If you are told that the call was not carried out, no ticket was filed: say so plainly, and do not file it again
    unless somebody asks for it anew. If it was carried out with other arguments than yours, say what was changed.
    """
    if settings.helpdesk_api_url is None:
        raise ToolError(f"{SERVICE} is not set up here: HELPDESK_API_URL is missing.")
    fields = {"title": title, "description": description, "queue": queue, "priority": priority}
    try:
        answer = await post_object(
            http,
            settings.helpdesk_api_url,
            "tickets",
            service=SERVICE,
            body=fields,
            headers={"Idempotency-Key": call},
        )
    except ToolUnavailableError as error:
        # Also after an attempt that did not reach it: an earlier one may have.
        raise ToolUnavailableError(f"{error} {NOT_KNOWN}") from error
    return _filed(answer, title)


def _filed(answer: Mapping[str, Any], title: str) -> Sourced:
    number, url = string(answer.get("number")), string(answer.get("url"))
    if not _NUMBER.fullmatch(number):
        raise ToolError(f"{SERVICE} gave an answer without a ticket's number. {NOT_KNOWN}")
    ticket = Sourced({"ticket": number}, [Source(text=f"{number}: {title}", url=url)])
    # What is no web address is not for the model either.
    return Sourced({"ticket": number, "url": url}, ticket.sources) if ticket.listed() else ticket
