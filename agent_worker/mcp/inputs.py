"""What a server asks people, made fit for a form, a card and Temporal's history: bounded, and without secrets. Pure.

The schema is a stranger's. Of it only what a form can show is kept, in our own words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from mcp.types import ElicitRequest, ElicitRequestParams, ElicitRequestURLParams, ElicitResult, InputRequiredResult

from agent_worker.mcp.secrets import Secrets
from agent_worker.payloads.inputs import AskedInput, InputAnswer, InputField, InputKind, InputRequest
from agent_worker.payloads.storage_limits import size_of, writable
from text.json_shapes import items, mapping, mappings, string
from text.lines import cut, one_line
from text.lines import name as visible

MOST_ASKED = 5  # things at once
MOST_FIELDS = 20  # of all forms together
MOST_CHOICES = 100  # of one field; Slack's menus have no more
LARGEST = 16 * 1024  # bytes of all that is asked at once
LARGEST_STATE = 16 * 1024  # bytes
LONGEST_MESSAGE = 2_000  # characters
LONGEST_NAME = 200  # characters of a key, of a field's name, and of a value that can be chosen
LONGEST_LABEL, LONGEST_DESCRIPTION = 150, 300
LONGEST_TEXT = 3_000  # characters of an answer; Slack's fields take no more
LONGEST_URL = 2_000
LARGEST_NUMBER = 1e15
DIGEST = 16  # characters
_STRINGS: dict[str, InputKind] = {"email": "email", "uri": "link", "date": "date", "date-time": "date_time"}
_OTHERS: dict[str, InputKind] = {"integer": "whole_number", "number": "number", "boolean": "yes_or_no"}
_BOUNDS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}
_OUTSIDE_URLS = frozenset(' <>|"\\^`{}')


class AskError(Exception):
    """People cannot be asked this. The message says why: it follows the server's name."""


TOO_MUCH = AskError("asks people for more than a form can hold")


def input_request(server: str, result: InputRequiredResult, secrets: Secrets) -> InputRequest:
    """Raises AskError."""
    asked = result.input_requests or {}
    if not all(isinstance(one, ElicitRequest) for one in asked.values()):
        raise AskError("asks for something else than what people know, which is not supported")
    state = result.request_state
    if len(asked) > MOST_ASKED or (state is not None and len(state.encode(errors="replace")) > LARGEST_STATE):
        raise TOO_MUCH
    if state is not None and (secrets.hidden(state) != state or writable(state) != state):
        raise AskError("wants to have something kept that cannot be kept")
    forms = [asked_input(key, one.params, secrets) for key, one in asked.items() if isinstance(one, ElicitRequest)]
    return together(server, forms, state=state)


def together(
    server: str, asks: list[AskedInput], *, state: str | None = None, begins_again: bool = False
) -> InputRequest:
    """Raises AskError if it is too much."""
    if sum(len(one.fields) for one in asks) > MOST_FIELDS or len(asks) > MOST_ASKED:
        raise TOO_MUCH
    if size_of([one.model_dump() for one in asks]) > LARGEST:
        raise TOO_MUCH
    return InputRequest(server=server, asks=asks, state=state, begins_again=begins_again)


def asked_input(key: str | None, params: ElicitRequestParams, secrets: Secrets) -> AskedInput:
    """One thing that is asked. Without a key (the older protocol) it goes by its digest. Raises AskError."""
    message = cut(writable(secrets.hidden(params.message)).strip(), LONGEST_MESSAGE) or "(no words)"
    if isinstance(params, ElicitRequestURLParams):
        url, host = _page(params.url, secrets)
        digest = _digest(key, message, host, url if key is not None else "")
        return AskedInput(key=_name(key or digest, secrets), digest=digest, message=message, url=url, host=host)
    fields = _fields(params.requested_schema, secrets)
    digest = _digest(key, message, *(field.model_dump_json() for field in fields))
    return AskedInput(key=_name(key or digest, secrets), digest=digest, message=message, fields=fields)


def _digest(*said: str | None) -> str:
    """What is the same is known by it. In the older protocol each call may have a page of its own: its host counts."""
    return hashlib.sha256("\0".join(one or "" for one in said).encode(errors="replace")).hexdigest()[:DIGEST]


def response(answer: InputAnswer) -> ElicitResult:
    return ElicitResult(action=answer.action, content=answer.content)


def kept(answers: Iterable[InputAnswer], digest: str) -> InputAnswer | None:
    return next((answer for answer in answers if answer.digest == digest), None)


# Pages


def _page(url: str, secrets: Secrets) -> tuple[str, str]:
    """The address, and its host as it is: what only looks like another host is shown in its ASCII form."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        is_whole = bool(host) and parts.scheme in {"https", "http"} and "@" not in parts.netloc
        shown = f"{host}:{parts.port}" if parts.port else host
    except (ValueError, UnicodeError):
        is_whole = False
    if not is_whole or len(url) > LONGEST_URL or not url.isascii() or secrets.hidden(url) != url:
        raise AskError("wants people to open a page whose address cannot be shown to them")
    if not url.isprintable() or _OUTSIDE_URLS & set(url):
        raise AskError("wants people to open a page whose address cannot be shown to them")
    return url, shown


# Forms


def _fields(schema: Mapping[str, Any], secrets: Secrets) -> list[InputField]:
    properties = mapping(schema.get("properties"))
    if len(properties) > MOST_FIELDS:
        raise TOO_MUCH
    required = items(schema.get("required"))
    return [
        _field(name, mapping(one), secrets).model_copy(update={"is_required": name in required})
        for name, one in properties.items()
    ]


def _field(name: str, schema: Mapping[str, Any], secrets: Secrets) -> InputField:
    kind, choices = _kind(schema, secrets)
    least, most = _BOUNDS.get(string(schema.get("type")), ("minimum", "maximum"))
    label = visible(_told(schema.get("title"), secrets), LONGEST_LABEL) or visible(
        name.replace("_", " "), LONGEST_LABEL
    )
    field = InputField(
        name=_name(name, secrets),
        kind=kind,
        label=label or "?",
        description=one_line(_told(schema.get("description"), secrets), LONGEST_DESCRIPTION),
        least=_bound(schema.get(least), kind),
        most=_bound(schema.get(most), kind),
        choices=choices,
    )
    if field.least is not None and field.most is not None and field.least > field.most:
        field = field.model_copy(
            update={"least": None, "most": None}
        )  # no answer would fit, and Slack takes no such field
    return field.model_copy(update={"default": _default(schema.get("default"), secrets)})


def _kind(schema: Mapping[str, Any], secrets: Secrets) -> tuple[InputKind, list[tuple[str, str]]]:
    told = string(schema.get("type"))
    if told == "string":
        if "enum" in schema or "oneOf" in schema:
            return "choice", _choices(schema, secrets)
        return _STRINGS.get(string(schema.get("format")), "text"), []
    if told == "array":
        return "choices", _choices(mapping(schema.get("items")), secrets)
    if told not in _OTHERS:
        raise AskError("asks people for something that no form can hold")
    return _OTHERS[told], []


def _choices(schema: Mapping[str, Any], secrets: Secrets) -> list[tuple[str, str]]:
    """The values, each with its name."""
    titled = [*mappings(schema.get("oneOf")), *mappings(schema.get("anyOf"))]
    values = [one.get("const") for one in titled] or items(schema.get("enum"))
    names = [one.get("title") for one in titled] or items(schema.get("enumNames"))
    if not 0 < len(values) <= MOST_CHOICES or not all(isinstance(value, str) for value in values):
        raise TOO_MUCH if len(values) > MOST_CHOICES else AskError("asks people to choose, and not among what")
    named = [*names, *[None] * len(values)]
    return [(_name(value, secrets), _told(name, secrets) or value) for value, name in zip(values, named, strict=False)]


def _name(name: str, secrets: Secrets) -> str:
    """What goes back to the server as it is. Raises AskError if it cannot be kept as it is."""
    if len(name) > LONGEST_NAME:
        raise TOO_MUCH
    if secrets.hidden(name) != name or writable(name) != name:
        raise AskError("asks people for something that cannot be shown to them")
    return name


def _told(text: Any, secrets: Secrets) -> str:
    return one_line(writable(secrets.hidden(string(text))), LONGEST_NAME * 2)


def _bound(bound: Any, kind: InputKind) -> float | None:
    """A bound that a form can keep; the server knows the others."""
    is_number = isinstance(bound, int | float) and not isinstance(bound, bool)
    most = LARGEST_NUMBER if kind in {"number", "whole_number"} else LONGEST_TEXT
    return float(bound) if is_number and abs(bound) <= most and isfinite(bound) else None


def _default(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, str):
        return value if secrets.hidden(value) == value == writable(value) and len(value) <= LONGEST_TEXT else None
    is_small = isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER)
    return value if is_small else None
