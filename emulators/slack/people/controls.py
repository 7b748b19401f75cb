"""What a person can press, choose and fill in, in the blocks of a message or form, as plain words for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from emulators.slack.people.entries import States, action_id, elements_of, initial
from emulators.slack.presentation.visible_text import Reader
from emulators.slack.rules.elements import INITIAL_MANY, STATEFUL, TEXT_FIELDS, options_of
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
Kind = Literal["button", "choice", "text"]
SIDES = ("positive_button", "negative_button")  # of feedback buttons


@dataclass(frozen=True)
class Control:
    """One thing to use. `value` tells buttons with the same ids apart; `url` is where a button leads.

    `options` are words and values, `entered` is what is chosen or written now, and `question` is asked before the app
    hears of it, if it is not empty. `ts` and `about` are those of the message and how it begins; "" for the open form.
    """

    kind: Kind
    label: str
    ts: str
    block_id: str
    action_id: str
    value: str | None = None
    options: list[tuple[str, str]] = field(default_factory=list)
    entered: str = ""
    takes_many: bool = False
    is_optional: bool = False
    question: str = ""
    url: str = ""
    about: str = ""


class Controls:
    """Finds the controls that one person sees."""

    def __init__(self, workspace: Workspace, reader: Reader, user: str) -> None:
        self._workspace = workspace
        self._reader = reader
        self._user = user

    def of(self, blocks: Iterable[Json], made: States, ts: str = "", about: str = "") -> list[Control]:
        """In the order in which they stand. `made` is what the person has entered so far; blocks have their ids."""
        return [
            replace(control, about=about)
            for block in blocks
            for element in elements_of(block)
            if self._user in element.get("visible_to_user_ids", [self._user])
            for control in self._controls(block, element, made, ts)
        ]

    def _controls(self, block: Json, element: Json, made: States, ts: str) -> Iterator[Control]:
        block_id, name = block["block_id"], action_id(block, element) if "type" in element else ""
        asked = self._question(element)
        match element.get("type"):
            case "button" | "icon_button":
                label, value = self._words(element.get("text")) or str(element.get("icon", "")), element.get("value")
                yield Control(
                    "button", label, ts, block_id, name, value, question=asked, url=str(element.get("url", ""))
                )
            case "feedback_buttons":
                for side in (element[side] for side in SIDES):
                    yield Control("button", self._words(side.get("text")), ts, block_id, name, side.get("value"))
            case str(kind) if kind in TEXT_FIELDS:
                entered = made.get((block_id, name), initial(element))["value"] or ""
                yield Control(
                    "text",
                    self._label(block, element),
                    ts,
                    block_id,
                    name,
                    entered=entered,
                    is_optional=_optional(block),
                )
            case str(kind) if kind in (*STATEFUL, "overflow"):
                yield Control(
                    "choice",
                    self._label(block, element),
                    ts,
                    block_id,
                    name,
                    options=self._options(element),
                    entered=self._chosen(made.get((block_id, name)) or _untouched(element)),
                    takes_many=kind in INITIAL_MANY,
                    is_optional=_optional(block),
                    question=asked,
                )

    def _label(self, block: Json, element: Json) -> str:
        """What stands above, beside or in the element."""
        told = block.get("label") or block.get("text") or element.get("placeholder")
        return " ".join(self._words(told).split()) or str(element["type"]).replace("_", " ")

    def _options(self, element: Json) -> list[tuple[str, str]]:
        if element["type"] == "users_select":
            people = [user for user in self._workspace.users.values() if not user.is_bot and not user.is_deactivated]
            return [(user.name, user.id) for user in people]
        return [(self._words(option.get("text")), str(option["value"])) for option in options_of(element)]

    def _chosen(self, state: Json) -> str:
        many = state.get("selected_options", [state["selected_option"]] if state.get("selected_option") else [])
        person = self._workspace.users.get(state.get("selected_user") or "")
        texts = [self._words(option.get("text")) for option in many]
        return ", ".join(texts) or (person.name if person else "") or state.get("selected_date") or ""

    def _question(self, element: Json) -> str:
        asked = element.get("confirm") or {}
        return " ".join(filter(None, (self._words(asked.get("title")), self._words(asked.get("text")))))

    def _words(self, text: Any) -> str:
        return self._reader.line(str(text.get("text", ""))) if isinstance(text, dict) else ""


def _optional(block: Json) -> bool:
    return bool(block.get("optional")) or block["type"] != "input"


def _untouched(element: Json) -> Json:
    return {} if element["type"] == "overflow" else initial(element)
