"""The tickets of a helpdesk, and what it answers to a request that files one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

QUEUES: Mapping[str, str] = {"it": "IT", "office": "OFFICE", "people": "PEOPLE"}  # with what their numbers begin
PRIORITIES = ("low", "normal", "urgent")
LONGEST: Mapping[str, int] = {"title": 200, "description": 10_000}  # characters
LONGEST_KEY = 255  # characters
FIRST = 101
_FIELDS = ("title", "description", "queue", "priority")

Answered = tuple[int, dict[str, Any]]  # the HTTP status, and the JSON


@dataclass(frozen=True)
class Ticket:
    number: str
    title: str
    description: str
    queue: str
    priority: str


class Helpdesk:
    """`tickets` holds those that were filed, in order. A request with a known key files no second one."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self._filed: dict[str, Ticket] = {}  # by the key of the request

    def file(self, key: str, body: object, address: str) -> Answered:
        """`key` is the request's Idempotency-Key, `address` where the tickets are."""
        problem = _problem(key, body)
        if problem:
            return _refused(400, *problem)
        assert isinstance(body, Mapping)
        fields = {name: body[name] for name in _FIELDS}
        filed = self._filed.get(key)
        if filed is None:
            filed = self._filed[key] = Ticket(self._next_number(fields["queue"]), **fields)
            self.tickets.append(filed)
            return 201, _shown(filed, address)
        if any(getattr(filed, name) != value for name, value in fields.items()):
            return _refused(422, "key_reused", "this Idempotency-Key has filed another ticket")
        return 200, _shown(filed, address)

    def find(self, number: str, address: str) -> Answered:
        found = next((ticket for ticket in self.tickets if ticket.number == number), None)
        return (200, _shown(found, address)) if found else _refused(404, "not_found", "there is no such ticket")

    def _next_number(self, queue: str) -> str:
        return f"{QUEUES[queue]}-{FIRST + sum(ticket.queue == queue for ticket in self.tickets)}"


def _shown(ticket: Ticket, address: str) -> dict[str, Any]:
    return {**asdict(ticket), "url": f"{address}/{ticket.number}"}


def _refused(status: int, code: str, message: str) -> Answered:
    return status, {"error": {"code": code, "message": message}}


def _problem(key: str, body: object) -> tuple[str, str] | None:
    """A code and a sentence for the first thing that is wrong with a request; None if nothing is."""
    if not 0 < len(key) <= LONGEST_KEY:
        return "invalid_key", f"an Idempotency-Key of 1 to {LONGEST_KEY} characters is required"
    if not isinstance(body, Mapping):
        return "invalid_body", "the body must be a JSON object"
    if set(body) != set(_FIELDS):
        return "invalid_fields", f"the fields are: {', '.join(_FIELDS)}"
    return _problem_of_field(body)


def _problem_of_field(body: Mapping[str, Any]) -> tuple[str, str] | None:
    for name, longest in LONGEST.items():
        if not isinstance(body[name], str) or len(body[name]) > longest:
            return f"invalid_{name}", f"the {name} must be a text of at most {longest} characters"
    if not body["title"].strip():
        return "invalid_title", "the title must not be empty"
    for name, known in (("queue", tuple(QUEUES)), ("priority", PRIORITIES)):
        if body[name] not in known:
            return f"invalid_{name}", f"the {name} must be one of: {', '.join(known)}"
    return None
