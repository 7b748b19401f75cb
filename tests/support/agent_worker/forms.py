"""What a server asks about a call, and a tool that stands in for one: for tests of the workflow and of cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent_worker.payloads.inputs import ASKS, AskedInput, InputField, InputRequest
from agent_worker.payloads.questions import CardForm

COLOUR = InputField(
    name="colour", kind="choice", label="Colour", choices=[("#f00", "Red"), ("#00f", "Blue")], is_required=True
)
COUNT = InputField(name="how many", kind="whole_number", label="How many", least=1, most=9)


def form(
    *fields: InputField, key: str = "first", message: str = "Which ones?", state: str | None = "s1", **more: Any
) -> dict[str, Any]:
    """The result of a call whose server asks for these fields."""
    asked = AskedInput(key=key, digest=f"d:{key}", message=message, fields=list(fields))
    return request(asked, state=state, **more)


def page(url: str = "https://pay.example/42", key: str = "page") -> dict[str, Any]:
    host = url.split("/")[2]
    return request(AskedInput(key=key, digest=f"d:{key}", message="Please pay.", url=url, host=host), state="s1")


def request(*asks: AskedInput, state: str | None = "s1", **more: Any) -> dict[str, Any]:
    return {ASKS: InputRequest(server="shop", asks=list(asks), state=state, **more).model_dump()}


class Script:
    """A tool that answers its calls with these results, one after the other, and then with the last one."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self._results: Sequence[dict[str, Any]] = results
        self.calls = 0

    async def __call__(self, _: Any) -> dict[str, Any]:
        self.calls += 1
        return self._results[min(self.calls, len(self._results)) - 1]


def card_form(**changes: Any) -> CardForm:
    return CardForm(server="shop", messages=["Which ones?"], has_form=True, people=["U1"]).model_copy(update=changes)
