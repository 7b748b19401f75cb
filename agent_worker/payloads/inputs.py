"""What a server asks people before it goes on with a call, and what they answer. Stored in Temporal's history."""

from __future__ import annotations

from typing import Any, Literal

from agent_worker.payloads.stored import Stored

ASKS = "asks"  # in the place of a call's output: an InputRequest
InputAction = Literal["accept", "decline", "cancel"]
InputKind = Literal[
    "text", "email", "link", "date", "date_time", "whole_number", "number", "yes_or_no", "choice", "choices"
]


class InputField(Stored):
    """One field of a form. `least` and `most` are of a number, of a text's length, or of how many are chosen.

    `choices` are values, each with its name. `default` is a value of the field's kind, or None.
    """

    name: str
    kind: InputKind
    label: str
    description: str = ""
    is_required: bool = False
    least: float | None = None
    most: float | None = None
    choices: list[tuple[str, str]] = []
    default: Any = None


class AskedInput(Stored):
    """One thing that a server asks, under a key of its own: a form, or, if there is a `url`, a page to be opened.

    `digest` is of all that is asked: what was answered to the same question before is known by it.
    """

    key: str
    digest: str
    message: str
    fields: list[InputField] = []
    url: str = ""
    host: str = ""  # of the URL, as a person should read it


class InputRequest(Stored):
    """All that a server asks at once. `state` is its own, and goes back to it as it is.

    `begins_again`: the call has ended at the server, and the answers go with another call.
    """

    server: str
    asks: list[AskedInput]
    state: str | None = None
    begins_again: bool = False

    @property
    def forms(self) -> list[AskedInput]:
        return [one for one in self.asks if not one.url]

    @property
    def links(self) -> list[AskedInput]:
        return [one for one in self.asks if one.url]


class InputAnswer(Stored):
    """What was answered to one thing that a server has asked. `content` is None for a page, and if nobody answers."""

    key: str
    digest: str
    action: InputAction
    content: dict[str, Any] | None = None


class Inputs(Stored):
    """What goes with a call that is made again: the answers to what was asked last, and those that were kept before."""

    state: str | None = None
    answers: list[InputAnswer] = []
    kept: list[InputAnswer] = []

    @property
    def are_given(self) -> bool:
        """Whether people have answered; otherwise the server only hears that nobody does."""
        return all(answer.action == "accept" for answer in self.answers)
