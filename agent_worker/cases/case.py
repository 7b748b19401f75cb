"""One case as it stands in its file: who says what, what tools answer, and what has to come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from agent_worker.cases.expectation import MOST_ENTRIES, CaseModel, Expectation, Text, Texts, shown

DIRECT = "direct"
AGENT = "@agent"  # how a message mentions the agent
SOMEBODY = "anna"  # who speaks in a case that names nobody
LONGEST_TEXT = 20_000  # characters
_CHANNEL = re.compile(r"#[^\s#,<>@&A-Z]{1,80}")
_PERSON = re.compile(r"[a-z][a-z0-9_-]{0,20}")
DECISIONS = ("approve", "reject", "choose")


def _place(value: str) -> str:
    if value != DIRECT and not _CHANNEL.fullmatch(value):
        raise ValueError('is neither `direct` nor a channel such as "#general" (in quotation marks, in small letters)')
    return value


def _name(value: str) -> str:
    if not _PERSON.fullmatch(value) or value == AGENT.removeprefix("@"):
        raise ValueError("is no name for a person here: take small letters and digits, beginning with a letter")
    return value


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no time zone such as Europe/Berlin")
    return value


def _message(value: Any) -> Any:
    """A text alone is a message of the first person."""
    return {"text": value} if isinstance(value, str) else value


def _stand_ins(value: Any) -> Any:
    """One alone stands in for every call."""
    return [value] if isinstance(value, dict) else value


class CasePerson(CaseModel):
    """Somebody who takes part."""

    name: str = Field("", max_length=80, description="the full name; without it, the name that the case gives them")
    title: str = Field("", max_length=80, description="what they do, such as `Head of IT`")
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field("Europe/London", description="such as Europe/Berlin")


class CaseFile(CaseModel):
    """A file that comes with a message: one beside the case, or a text."""

    path: str = Field("", description="where it is, beginning at the folder of the case")
    name: str = Field("", max_length=200, description="its name in Slack; without it, that of the path")
    text: str | None = Field(None, max_length=LONGEST_TEXT, description="what is in it, in the place of a path")

    @model_validator(mode="after")
    def _is_something(self) -> CaseFile:
        if bool(self.path) == (self.text is not None):
            raise ValueError("has either a path or a text")
        if self.text is not None and not self.name:
            raise ValueError("has a text, but no name")
        return self

    @property
    def shown_name(self) -> str:
        return self.name or self.path.rpartition("/")[2]


def _fields(value: Any) -> Any:
    """`anna:` with nothing after it is a person without anything special."""
    return {} if value is None else value


def _file(value: Any) -> Any:
    """A text alone is a path."""
    return {"path": value} if isinstance(value, str) else value


class CaseMessage(CaseModel):
    """One message, and what people decide if the agent asks them something about it."""

    text: Annotated[str, AfterValidator(shown)] = Field(
        max_length=LONGEST_TEXT, description="what is said; `@agent` and `@anna` mention the agent and a person"
    )
    by: str = Field("", description="who says it; without it, the first person")
    files: list[Annotated[CaseFile, BeforeValidator(_file)]] = Field(
        [], max_length=10, description="the files that come with it"
    )
    approve: Literal[True] | None = Field(None, description="`true`: whatever the agent asks is approved")
    reject: str | None = Field(
        None, max_length=1_000, description='whatever the agent asks is rejected, with this reason; `""`: without one'
    )
    choose: str | None = Field(None, max_length=1_000, description="what is answered if the agent asks a question")
    decided_by: str = Field("", description="who decides; without it, who has written the message")
    expect: Expectation | None = Field(None, description="what has to come of this message")

    @model_validator(mode="after")
    def _decides_once(self) -> CaseMessage:
        given = [name for name in DECISIONS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"has more than one of {', '.join(given)}")
        if self.decided_by and not given:
            raise ValueError("says who decides, but not what: approve, reject or choose")
        return self

    @property
    def decides(self) -> bool:
        return any(getattr(self, name) is not None for name in DECISIONS)


class StandIn(CaseModel):
    """What a tool answers, in its place. The first one whose `when` fits the call is taken."""

    when: dict[str, Any] = Field(
        {}, description="arguments that a call has to have, as under `expect`; without it, every call fits"
    )
    returns: Any = Field(None, description="what the tool returns: a text, a number, a list, fields …")
    fails: str = Field("", max_length=2_000, description="the error that the model reads, in the place of a result")

    @model_validator(mode="after")
    def _answers(self) -> StandIn:
        if bool(self.fails) == ("returns" in self.model_fields_set):
            raise ValueError("has either `returns` or `fails`")
        return self


class Case(CaseModel):
    """One conversation with the agent, and what has to come of it."""

    about: str = Field("", max_length=2_000, description="what the case is for, for whoever reads it")
    place: Annotated[str, AfterValidator(_place)] = Field(
        DIRECT,
        alias="in",
        description='where it takes place: `direct` (a direct message) or a channel such as `"#general"`, which also '
        "decides which agent answers",
    )
    people: dict[Annotated[str, AfterValidator(_name)], Annotated[CasePerson, BeforeValidator(_fields)]] = Field(
        {SOMEBODY: CasePerson()}, min_length=1, max_length=20, description="who takes part, by a short name"
    )
    messages: list[Annotated[CaseMessage, BeforeValidator(_message)]] = Field(
        min_length=1,
        max_length=MOST_ENTRIES,
        description="what people say; each message waits for the answer before it",
    )
    tools: dict[Text, Annotated[list[StandIn], BeforeValidator(_stand_ins), Field(min_length=1)]] = Field(
        {}, description="what tools answer, by the tool's name; tools that are not named here are the real ones"
    )
    real: Texts = Field(
        [],
        description="names of tools that change something and may do so: without this, or a stand-in, their calls fail",
    )
    expect: Expectation | None = Field(
        None, description="what has to come of it: the calls of the whole conversation, and the last answer"
    )
    seconds: float = Field(120, gt=0, le=3_600, strict=False, description="how long one answer may take")

    def author(self, message: CaseMessage) -> str:
        return message.by or next(iter(self.people))

    @property
    def expectations(self) -> Iterator[Expectation]:
        for one in (*(message.expect for message in self.messages), self.expect):
            if one is not None:
                yield one

    @model_validator(mode="after")
    def _holds_together(self) -> Case:
        if self.place != DIRECT and AGENT not in self.messages[0].text:
            raise ValueError(f"the first message in a channel has to mention {AGENT}")
        for at, message in enumerate(self.messages, start=1):
            for who in filter(None, (message.by, message.decided_by)):
                if who not in self.people:
                    raise ValueError(f"message {at}: {who} is not one of the people ({', '.join(self.people)})")
        speak = {self.author(message) for message in self.messages} | {one.decided_by for one in self.messages} - {""}
        if self.place == DIRECT and len(speak) > 1:
            raise ValueError("in direct messages only one person takes part: take a channel for several")
        if twice := [name for name in self.real if name in self.tools]:
            raise ValueError(f"{twice[0]} is both real and stood in for")
        if not list(self.expectations):
            raise ValueError("expects nothing: add `expect`")
        return self
