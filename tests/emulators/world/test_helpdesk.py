"""Promises of the helpdesk: one ticket for one request however often it comes, and a reason for each refusal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from emulators.world.emulator import WorldEmulator

PRINTER = {"title": "Printer is broken", "description": "On floor 3.", "queue": "it", "priority": "urgent"}


async def post(
    world: WorldEmulator, http: httpx.AsyncClient, key: str = "1", **changes: Any
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the answer to a request with these fields; None leaves one out."""
    fields = {name: value for name, value in (PRINTER | changes).items() if value is not None}
    answer = await http.post(
        f"{world.helpdesk_api_url}/tickets", json=fields, headers={"Idempotency-Key": key} if key else {}
    )
    return answer.status_code, answer.json()


async def test_a_ticket_is_filed_and_can_be_looked_up(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    status, ticket = await post(world, http)

    assert (status, ticket) == (201, {**PRINTER, "number": "IT-101", "url": ticket["url"]})
    assert (await http.get(ticket["url"])).json() == ticket
    assert [filed.number for filed in world.tickets] == ["IT-101"]


async def test_each_queue_counts_its_own_tickets(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    for number, queue in enumerate(["it", "office", "it", "people"]):
        await post(world, http, str(number), queue=queue)

    assert [ticket.number for ticket in world.tickets] == ["IT-101", "OFFICE-101", "IT-102", "PEOPLE-101"]


async def test_the_same_request_again_is_answered_with_the_same_ticket(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    _, first = await post(world, http)
    status, second = await post(world, http)

    assert (status, second) == (200, first)
    assert len(world.tickets) == 1


async def test_a_key_files_no_other_ticket_and_another_key_does(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    await post(world, http)

    status, answer = await post(world, http, description="On floor 4.")

    assert (status, answer["error"]["code"]) == (422, "key_reused")
    assert len(world.tickets) == 1
    assert (await post(world, http, "2"))[0] == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": ""}, "invalid_key"),
        ({"key": "x" * 256}, "invalid_key"),
        ({"title": ""}, "invalid_title"),
        ({"title": " \n"}, "invalid_title"),
        ({"title": "x" * 201}, "invalid_title"),
        ({"title": 7}, "invalid_title"),
        ({"description": "x" * 10_001}, "invalid_description"),
        ({"queue": "IT"}, "invalid_queue"),
        ({"queue": ["it"]}, "invalid_queue"),
        ({"priority": "high"}, "invalid_priority"),
        ({"priority": None}, "invalid_fields"),
        ({"color": "red"}, "invalid_fields"),
    ],
)
async def test_what_cannot_be_filed_is_refused_with_a_reason(
    world: WorldEmulator, http: httpx.AsyncClient, changes: dict[str, Any], code: str
) -> None:
    status, answer = await post(world, http, **changes)

    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["message"]
    assert world.tickets == []


@pytest.mark.parametrize(("content", "code"), [("{", 400), ("[]", 400), ("x=1", 415)])
async def test_what_is_no_json_object_is_refused(
    world: WorldEmulator, http: httpx.AsyncClient, content: str, code: int
) -> None:
    kind = "application/x-www-form-urlencoded" if code == 415 else "application/json"
    headers = {"Idempotency-Key": "1", "Content-Type": kind}

    assert (await http.post(f"{world.helpdesk_api_url}/tickets", content=content, headers=headers)).status_code == code
    assert world.tickets == []


async def test_there_is_no_other_ticket_and_no_list_of_them(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    await post(world, http)

    assert (await http.get(f"{world.helpdesk_api_url}/tickets/IT-102")).status_code == 404
    assert (await http.get(f"{world.helpdesk_api_url}/tickets")).status_code == 405


async def test_an_answer_is_lost_after_the_ticket_was_filed(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("helpdesk", "lost_answer")

    with pytest.raises(httpx.RequestError):
        await post(world, http)

    assert [ticket.number for ticket in world.tickets] == ["IT-101"]
    assert await post(world, http) == (200, (await http.get(f"{world.helpdesk_api_url}/tickets/IT-101")).json())


async def test_a_helpdesk_that_is_unavailable_or_refuses_the_connection_files_nothing(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    world.fail("helpdesk", "unavailable")
    away = await http.post(f"{world.helpdesk_api_url}/tickets", json=PRINTER)
    world.fail("helpdesk", "refused")
    with pytest.raises(httpx.RequestError):
        await post(world, http)

    assert (away.status_code, away.headers["Retry-After"]) == (503, "1")
    assert world.tickets == []


async def test_a_slow_helpdesk_files_the_ticket_all_the_same(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("helpdesk", "slow", seconds=0.01)

    assert (await post(world, http))[0] == 201
