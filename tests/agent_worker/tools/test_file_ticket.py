"""Promises of the tool that files tickets: one for each call, however often it is tried, and people see which."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import HttpUrl

from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.definition import LONGEST_TITLE
from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import NOT_KNOWN, HelpdeskSettings, file_ticket
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import FaultKind

KEY = ToolCallKey.of("workflow", "run", "1")
PRINTER: dict[str, Any] = {"title": "Printer is broken", "description": "On floor 3.", "queue": "it"}
TOOLBOX = Toolbox([file_ticket])


async def run(toolbox: OpenToolbox, key: ToolCallKey = KEY, **changes: Any) -> dict[str, Any]:
    return await toolbox.run("file_ticket", PRINTER | changes, given={ToolCallKey: key})


async def test_it_files_a_ticket_and_gives_its_number_and_its_page(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    told = await run(toolbox, priority="urgent")

    url = f"{world.helpdesk_api_url}/tickets/IT-101"
    assert told == {
        "output": {"ticket": "IT-101", "url": url},
        "sources": [{"text": "IT-101: Printer is broken", "url": url}],
    }
    (ticket,) = world.tickets
    assert (ticket.title, ticket.description) == ("Printer is broken", "On floor 3.")
    assert (ticket.queue, ticket.priority) == ("it", "urgent")


async def test_a_ticket_is_neither_urgent_nor_unimportant_unless_somebody_says_so(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    await run(toolbox, title="  Door \n")

    assert [(ticket.title, ticket.priority) for ticket in world.tickets] == [("Door", "normal")]


@pytest.mark.parametrize("kind", ["lost_answer", "server_error", "unavailable", "rate_limited", "refused"])
async def test_a_call_that_is_tried_again_files_one_ticket(
    world: WorldEmulator, toolbox: OpenToolbox, kind: FaultKind
) -> None:
    world.fail("helpdesk", kind)

    with pytest.raises(ToolUnavailableError, match=rf"^The helpdesk .*{NOT_KNOWN}$"):
        await run(toolbox)
    again = await run(toolbox)

    assert again["output"]["ticket"] == "IT-101"
    assert len(world.tickets) == 1
    assert len(world.calls_to("helpdesk")) == 2


async def test_the_same_words_in_another_call_are_another_ticket(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    await run(toolbox)
    await run(toolbox, ToolCallKey.of("workflow", "run", "2"))

    assert [ticket.number for ticket in world.tickets] == ["IT-101", "IT-102"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": " \n"},
        {"title": "x" * 121},
        {"description": "x" * 4_001},
        {"queue": "IT"},
        {"priority": "high"},
        {"call": "mine"},
    ],
)
async def test_what_the_helpdesk_would_refuse_is_refused_without_a_request(
    world: WorldEmulator, toolbox: OpenToolbox, changes: dict[str, Any]
) -> None:
    assert "The arguments of file_ticket do not fit" in (await run(toolbox, **changes))["error"]
    assert world.calls == []


async def test_a_call_without_a_key_files_nothing(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    answer = await toolbox.run("file_ticket", PRINTER)

    assert answer["error"].startswith("file_ticket works only where")
    assert world.calls == []


async def test_a_page_in_place_of_an_answer_is_an_error_for_the_model(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    world.fail("helpdesk", "garbage")

    assert await run(toolbox) == {"error": "The helpdesk gave an answer that cannot be understood."}


@pytest.mark.parametrize("number", [None, 7, "", "IT-101 and more", "[IT-1](https://evil.example)"])
async def test_an_answer_without_a_number_is_an_error_that_leaves_open_what_was_done(number: Any) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(201, json={"number": number}))
    settings = HelpdeskSettings(helpdesk_api_url=HttpUrl("https://desk.example"))
    async with httpx.AsyncClient(transport=transport) as http:
        answer = await run(TOOLBOX.open(http, [settings]))

    assert answer == {"error": f"The helpdesk gave an answer without a ticket's number. {NOT_KNOWN}"}


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "https://desk.example/a b"])
async def test_what_is_no_web_address_is_for_nobody(url: Any) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(201, json={"number": "IT-1", "url": url}))
    settings = HelpdeskSettings(helpdesk_api_url=HttpUrl("https://desk.example"))
    async with httpx.AsyncClient(transport=transport) as http:
        assert await run(TOOLBOX.open(http, [settings])) == {"output": {"ticket": "IT-1"}}


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({}, "File “Printer is broken” with IT"),
        ({"priority": "urgent"}, "File “Printer is broken” with IT, urgent"),
        ({"queue": "office", "priority": "low"}, "File “Printer is broken” with the office team, low priority"),
        ({"queue": "people"}, "File “Printer is broken” with the People team"),
    ],
)
def test_people_see_what_a_call_files_with_whom(changes: dict[str, Any], effect: str) -> None:
    policy = TOOLBOX.policy("file_ticket", PRINTER | changes)

    assert policy.effect == effect
    assert policy.title == "Ticket: Printer is broken"


def test_however_long_the_title_is_people_see_with_whom_and_how_urgent() -> None:
    effect = TOOLBOX.policy("file_ticket", PRINTER | {"title": "x " * 60, "priority": "low", "queue": "people"}).effect

    assert effect.endswith("…” with the People team, low priority")
    assert len(effect) < LONGEST_TITLE


def test_without_a_helpdesk_there_is_no_such_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_API_URL", "")
    assert TOOLBOX.configured([HelpdeskSettings()]).names() == []

    monkeypatch.setenv("HELPDESK_API_URL", "https://desk.example")
    assert TOOLBOX.configured([HelpdeskSettings()]).names() == ["file_ticket"]


async def test_called_all_the_same_it_says_which_setting_is_missing(http: httpx.AsyncClient) -> None:
    answer = await run(TOOLBOX.open(http, [HelpdeskSettings(helpdesk_api_url=None)]))

    assert answer == {"error": "The helpdesk is not set up here: HELPDESK_API_URL is missing."}
