"""What a person decides about a question of the agent: how it crosses from the bot to the conversation, and back.

Temporal stores it, so a later version must still be able to read it.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

# Never a Temporal update: docs/decisions/0023-questions.md tells why.
ANSWER_QUESTION = "answer_question"  # the signal that carries an Answer
CHECK_ANSWER = "check_answer"  # the query that takes an AnswerCheck and returns Checked: sent before the signal
QUESTION_FORM = "question_form"  # the query that returns what a form about one call shows: AskedForm, or None
# The `action_id` of each control of a card. The value says which question, which version of it, and which call.
APPROVE_BUTTON = "approve_call"
APPROVE_ALL_BUTTON = "approve_all_calls"
EDIT_BUTTON = "edit_call"
REJECT_BUTTON = "reject_call"
CHOOSE_BUTTON = "choose_option"
CHOOSE_SELECT = "choose_from_options"
WRITE_BUTTON = "write_answer"
ALWAYS_BUTTON = "always_allow"
# What a person is told by the bot or by the conversation, whichever knows it first.
SETTLED = "This question is settled: nothing is waiting for an answer here any more."
IN_A_MOMENT = "Kept: it takes effect in a moment."
FILL_BUTTON = "fill_in_form"
LINK_BUTTON = "show_link"
OPENED_BUTTON = "link_opened"
_PACKED = re.compile(r"([^|]{1,100})\|([0-9]{1,9})\|([0-9]{0,3})")
Decision = Literal["approve", "reject", "choose", "fill", "opened"]


class GrantWish(BaseModel):
    """That a person does not want to be asked about such a call any more: in this thread, or in the whole channel.

    `fixed` names the arguments that must be as they are now; others may be anything. Without `days`, it holds until it
    is revoked.
    """

    model_config = ConfigDict(frozen=True)

    scope: Literal["thread", "channel"]
    fixed: list[str] = []
    days: int | None = None


class Answer(BaseModel):
    """One click or one form that was sent. `id` is the same if Slack delivers it again: it counts once.

    `question` and `version` say which question was on the card, and `item` which of its calls (counted from 0; None:
    all that are not decided yet). `arguments` are those of the form; others stay as they are. `text` is a reason, or an
    answer in own words, and `option` one of the options (counted from 0). What a server asks is answered with "fill",
    and `arguments` are what was filled in, or with "opened" if it is a page. `grant`: calls like this one are not to be
    asked about again. `at` is the click's `ts`.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    version: int
    user: str
    at: str
    decision: Decision
    team: str = ""  # the person's workspace, if it is not the agent's own
    item: int | None = None
    arguments: dict[str, Any] | None = None
    text: str = ""
    option: int | None = None
    grant: GrantWish | None = None


def pack(question: str, version: int, item: int | None) -> str:
    """What a control of a card carries."""
    return f"{question}|{version}|{'' if item is None else item}"


def unpack(value: object) -> tuple[str, int, int | None] | None:
    """The question, its version and the item; None if it is nothing that `pack` has made."""
    found = _PACKED.fullmatch(value) if isinstance(value, str) else None
    return (found[1], int(found[2]), int(found[3]) if found[3] else None) if found else None


class AnswerCheck(BaseModel):
    """Asks whether an answer counts that is given `now`, in seconds since 1970: time stands still for a query."""

    model_config = ConfigDict(frozen=True)

    answer: Answer
    now: float


class Checked(BaseModel):
    """What becomes of an answer if it is given now; both sentences are for this person only.

    `refusal` is why it does not count; "" if it does. `told` says that it takes a moment; "" if it does not.
    """

    model_config = ConfigDict(frozen=True)

    refusal: str = ""
    told: str = ""


class FormRequest(BaseModel):
    """Asks what the form about one call shows, to this person."""

    model_config = ConfigDict(frozen=True)

    question: str
    version: int
    item: int
    user: str


class FormField(BaseModel):
    """One argument in a form. `value` is what it has now; for "json" it is text that holds JSON.

    `label` is what people read in place of the name, and `names` are those of the choices, if they have any. `least`
    and `most` are of a number, of a text's length, or of how many are chosen.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Literal["text", "date", "whole_number", "number", "yes_or_no", "choice", "choices", "json"]
    label: str = ""
    value: str = ""
    description: str = ""
    choices: list[str] = []
    names: list[str] = []
    least: float | None = None
    most: float | None = None
    is_required: bool = False


class AskedLink(BaseModel):
    """A page that a server asks to open, for this person alone."""

    model_config = ConfigDict(frozen=True)

    message: str
    url: str
    host: str


class AskedForm(BaseModel):
    """A form about one call. `refusal` is why there is none, for the person; "" if there is one.

    `fixed` names the arguments that are too long or too deep for a form, or look like secrets: they stay as they are.
    If a server asks, `does` is its name, `asks` are its words, and `links` are the pages to be opened.
    """

    model_config = ConfigDict(frozen=True)

    refusal: str = ""
    does: str = ""
    verb: str = ""
    fields: list[FormField] = []
    fixed: list[str] = []
    asks: list[str] = []
    links: list[AskedLink] = []
