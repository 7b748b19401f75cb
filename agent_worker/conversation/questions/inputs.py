"""The form that a server asks people to fill in: its fields, what fits them, and the answers for the server. Pure.

A field of the form is called by two numbers, `0.2`: the server's own names may be anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from agent_worker.contract.questions import AskedForm, AskedLink, FormField
from agent_worker.payloads.inputs import ASKS, AskedInput, InputAnswer, InputField, InputRequest
from agent_worker.payloads.questions import CardForm
from agent_worker.payloads.storage_limits import size_of

MOST_ROUNDS = 5  # forms about one call
LONGEST_ANSWERS = 16 * 1024  # bytes of one form: it is kept until the call has ended
NEVER_ENDS = {"error": "The server asks people again and again, so it was given up. It is not known what was done."}
NOT_NOW = {
    "error": "The server asks people something before it goes on, and they cannot be asked now. The call has not "
    "ended: it can be made again, alone, when the other questions are answered."
}
TOO_MUCH = "This is too much for one form. Please make it shorter."
HINTS = {"date_time": "Such as 2026-12-31T18:00:00Z.", "email": "An e-mail address.", "link": "An address of a page."}
_SHOWN_AS = {"email": "text", "link": "text", "date_time": "text"}  # where Slack's own fields would say less


def request_in(result: Mapping[str, Any]) -> InputRequest | None:
    """What a server asks in the place of a call's result."""
    return InputRequest.model_validate(result[ASKS]) if ASKS in result else None


def card_form(request: InputRequest, people: list[str], answered: set[str]) -> CardForm:
    """What the card shows; `answered` are the digests of what is answered already."""
    return CardForm(
        server=request.server,
        messages=[one.message for one in request.asks],
        hosts=[one.host for one in request.links],
        has_form=any(one.digest not in answered for one in request.forms),
        has_link=any(one.digest not in answered for one in request.links),
        people=people,
    )


def asked_form(request: InputRequest) -> AskedForm:
    """What the form shows, and the pages to be opened."""
    fields = [_shown(name, field) for name, field in _fields(request)]
    links = [AskedLink(message=one.message, url=one.url, host=one.host) for one in request.links]
    asks = [one.message for one in request.forms]
    return AskedForm(does=request.server, verb="Send", asks=asks, fields=fields, links=links)


def _fields(request: InputRequest) -> Iterator[tuple[str, InputField]]:
    for at, asked in enumerate(request.forms):
        for number, field in enumerate(asked.fields):
            yield f"{at}.{number}", field


def _shown(name: str, field: InputField) -> FormField:
    hint = " ".join(filter(None, (field.description, HINTS.get(field.kind, ""))))
    return FormField(
        name=name,
        kind=_SHOWN_AS.get(field.kind, field.kind),
        label=field.label,
        value=_default(field),
        description=hint,
        choices=[str(at) for at in range(len(field.choices))],
        names=[called for _, called in field.choices],
        least=field.least,
        most=field.most,
        is_required=field.is_required,
    )


def _default(field: InputField) -> str:
    """What stands in the field before anybody has written; of several choices none is made."""
    values = [value for value, _ in field.choices]
    if field.kind == "choice":
        return str(values.index(field.default)) if field.default in values else ""
    if field.default is None or field.kind == "choices" or _problem(field, field.default):
        return ""
    written = field.default if isinstance(field.default, str) else json.dumps(field.default)
    return "" if field.kind in {"number", "whole_number"} and "e" in written else written


# What was filled in


def problem(request: InputRequest, filled: Mapping[str, Any]) -> str:
    """What is wrong with it, in a sentence for the person; "" if it can be given to the server."""
    if size_of(filled) > LONGEST_ANSWERS:
        return TOO_MUCH
    return next(filter(None, (_wrong(field, filled.get(name)) for name, field in _fields(request))), "")


def _wrong(field: InputField, given: Any) -> str:
    if given in (None, "", []):
        return f"{field.label} is missing." if field.is_required else ""
    value = _meant(field, given)
    why = "has to be one of the options" if value is None else _problem(field, value)
    return f"{field.label} {why}." if why else ""


def _meant(field: InputField, given: Any) -> Any:
    """The value that stands for what was given; None if it is none of the choices."""
    if not field.choices:
        return given
    values = {str(at): value for at, (value, _) in enumerate(field.choices)}
    if field.kind == "choice":
        return values.get(given) if isinstance(given, str) else None
    if not isinstance(given, list) or any(not isinstance(one, str) or one not in values for one in given):
        return None
    return [values[one] for one in given]


def answers(request: InputRequest, filled: Mapping[str, Any]) -> list[InputAnswer]:
    """What the server is told; what was left empty is left out."""
    contents: list[dict[str, Any]] = [{} for _ in request.forms]
    for name, field in _fields(request):
        if (given := filled.get(name)) not in (None, "", []):
            contents[int(name.partition(".")[0])][field.name] = _meant(field, given)
    return [_answer(asked, content) for asked, content in zip(request.forms, contents, strict=True)]


def opened(request: InputRequest) -> list[InputAnswer]:
    """That the pages were opened."""
    return [_answer(asked, None) for asked in request.links]


def _answer(asked: AskedInput, content: dict[str, Any] | None) -> InputAnswer:
    return InputAnswer(key=asked.key, digest=asked.digest, action="accept", content=content)


# What fits a field


def _problem(field: InputField, value: Any) -> str:
    """What is wrong with a value, as the end of a sentence."""
    fits, called = _FITS[field.kind]
    if not fits(value):
        return f"has to be {called}"
    if field.kind in {"whole_number", "number"}:
        return _out_of_bounds(field, value, "{:g}")
    if isinstance(value, str | list) and field.kind != "choice":
        unit = "characters" if isinstance(value, str) else "choices"
        return _out_of_bounds(field, len(value), f"{{:g}} {unit}")
    return ""


def _out_of_bounds(field: InputField, value: float, told: str) -> str:
    if field.least is not None and value < field.least:
        return f"has to be at least {told.format(field.least)}"
    if field.most is not None and value > field.most:
        return f"has to be at most {told.format(field.most)}"
    return ""


def _is_read_by(read: Callable[[str], object]) -> Callable[[Any], bool]:
    def is_read(value: Any) -> bool:
        try:
            read(value)
        except (TypeError, ValueError):
            return False
        return True

    return is_read


def _is_date(value: Any) -> bool:
    """Just as Slack's field for dates writes it: Python reads a week or a day without dashes, too."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_email(value: Any) -> bool:
    name, at, host = value.partition("@") if isinstance(value, str) else ("", "", "")
    return bool(name and at and host) and not any(sign.isspace() for sign in value)


def _is_link(value: Any) -> bool:
    scheme, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    return bool(scheme.isascii() and scheme.isalnum() and colon and rest)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (_is_text, "a text"),
    "email": (_is_email, "an e-mail address"),
    "link": (_is_link, "an address of a page"),
    "date": (_is_date, "a date such as 2026-12-31"),
    "date_time": (_is_read_by(datetime.fromisoformat), "a moment such as 2026-12-31T18:00:00Z"),
    "whole_number": (_is_whole, "a whole number"),
    "number": (_is_number, "a number"),
    "yes_or_no": (lambda value: isinstance(value, bool), "yes or no"),
    "choice": (_is_text, "one of the options"),
    "choices": (lambda value: isinstance(value, list), "some of the options"),
}
