"""One file of an agent: its fields with their bounds, and its instructions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from agent_worker.agents import front_matter
from agent_worker.agents.front_matter import BadFrontMatterError, FrontMatter
from agent_worker.agents.settings import LARGEST_INSTRUCTIONS, MOST_MODEL_CALLS, SMALLEST_CONTEXT
from agent_worker.contract.agent_choice import Claims, is_about_names
from agent_worker.contract.agents import Prompt
from agent_worker.payloads.agent_policy import ThreadReplies
from agent_worker.payloads.questions import ASKER, USER_GROUP, Approvers
from text.yaml_document import Problem

LARGEST_FILE = LARGEST_INSTRUCTIONS + front_matter.LARGEST_YAML + 1024  # bytes
NAME = re.compile(r"[a-z0-9-]{1,40}")  # of an agent
MOST_PROMPTS = 4  # Slack shows no more
MOST_ENTRIES = 200  # of a list in a file
MOST_APPROVERS = 20
_PERSON = re.compile(r"[UWS][A-Z0-9]{2,63}")  # or a user group
_TOOL = re.compile(r"[\w.:*?\[\]!-]{1,128}", re.ASCII)
_CHANNEL = re.compile(r"[^\s#,<>@&]{1,80}")


def _tool(entry: str) -> str:
    if not _TOOL.fullmatch(entry):
        raise ValueError("is neither the name of a tool nor a glob such as get_*")
    return entry


def _channel(entry: str) -> str:
    """The channel without its "#"."""
    name = entry.removeprefix("#")
    if not _CHANNEL.fullmatch(name):
        raise ValueError("is neither a channel's id, its name, a glob such as ops-* nor `direct`")
    if is_about_names(name) and name != name.lower():
        raise ValueError("has capital letters: the names of channels have none, and an id is not a glob")
    return name


def _list_of_tools(value: Any) -> Any:
    """`tools:` with nothing after it would be as good as no `tools:` at all, and that allows every tool."""
    if value is None:
        raise ValueError("has no value: write [] for no tool, or leave the field out for every tool")
    return value


def _prompt(value: Any) -> Any:
    """A text alone is both the title and the question."""
    return {"title": value, "message": value} if isinstance(value, str) else value


def _shown(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


class PromptField(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Annotated[str, Field(max_length=200), AfterValidator(_shown)]
    message: Annotated[str, Field(max_length=2_000), AfterValidator(_shown)]


def _approve(value: Any) -> Any:
    """`never` and `always` are short for one glob each."""
    return {"never": ["!*"], "always": ["*"]}.get(value, value) if isinstance(value, str) else value


def _person(entry: str) -> str:
    if entry != ASKER and not _PERSON.fullmatch(entry):
        raise ValueError("is neither `asker` nor the id of a person or a user group, such as U012ABCDEF or S012ABCDEF")
    return entry


class ApproversField(BaseModel):
    """Who may decide about a call of a tool. Without `people`, it is whoever has asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    people: list[Annotated[str, AfterValidator(_person)]] = Field([ASKER], min_length=1, max_length=MOST_APPROVERS)
    needed: int = Field(1, ge=1, le=MOST_APPROVERS)
    not_the_asker: bool = False
    hours: float = Field(7 * 24, gt=0, le=90 * 24, strict=False)  # then the question expires

    @property
    def rule(self) -> Approvers:
        return Approvers(
            people=self.people,
            needed=self.needed,
            not_the_asker=self.not_the_asker,
            expires_seconds=self.hours * 3600,
        )

    @model_validator(mode="after")
    def _can_be_decided(self) -> ApproversField:
        people = set(self.people) - ({ASKER} if self.not_the_asker else set())
        has_group = any(one.startswith(USER_GROUP) for one in people)  # with nobody knows how many people
        possible = len(people)
        if self.needed > possible and not has_group:
            raise ValueError(f"{self.needed} people have to approve, and at most {possible} may")
        return self


class AgentFields(BaseModel):
    """The front matter. None: what the settings say, or the built-in default."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())

    description: str = Field("", max_length=500)
    model: str | None = Field(None, pattern=r"^[\w./:-]{1,100}$")
    tools: Annotated[
        list[Annotated[str, AfterValidator(_tool)]] | None,
        BeforeValidator(_list_of_tools),
        Field(max_length=MOST_ENTRIES),
    ] = None
    channels: list[Annotated[str, AfterValidator(_channel)]] = Field([], max_length=MOST_ENTRIES)
    max_model_calls: int | None = Field(None, ge=1, le=MOST_MODEL_CALLS)
    context_tokens: int | None = Field(None, ge=SMALLEST_CONTEXT)
    thread_replies: ThreadReplies | None = None
    greeting: str | None = Field(None, max_length=3_000)
    prompts: list[Annotated[PromptField, BeforeValidator(_prompt)]] | None = Field(None, max_length=MOST_PROMPTS)
    approve: Annotated[
        list[Annotated[str, AfterValidator(_tool)]] | None, BeforeValidator(_approve), Field(max_length=MOST_ENTRIES)
    ] = None
    approvers: ApproversField | None = None


@dataclass(frozen=True)
class AgentFile:
    """`path` is where the file is, for whoever runs the agents. `instructions` is "" if the file has none."""

    name: str
    path: str
    fields: AgentFields
    instructions: str = ""
    lines: Mapping[str, int] | None = None  # of the channels, by channel

    @property
    def label(self) -> str:
        """Which file it is, without saying where the worker keeps its files."""
        return "/".join(PurePath(self.path).parts[-2:])

    @property
    def prompts(self) -> list[Prompt]:
        return [Prompt(title=one.title, message=one.message) for one in self.fields.prompts or []]


def claims_of(agents: Mapping[str, AgentFile]) -> Claims:
    """The channels of each agent, by the agent's name."""
    return {name: one.fields.channels for name, one in agents.items()}


def read(name: str, path: str, data: bytes) -> AgentFile:
    """Raises BadFrontMatterError that names every problem of the file."""
    text = _text(data)
    if not text.strip():  # as while somebody writes it
        raise BadFrontMatterError(Problem(1, "", "is empty"))
    front = front_matter.read(text)
    instructions = front.body.strip()
    too_long = len(instructions.encode()) > LARGEST_INSTRUCTIONS
    limit = f"the instructions are longer than {LARGEST_INSTRUCTIONS // 1024} KB"
    problems = [Problem(1, "", limit)] if too_long else []
    try:
        fields = AgentFields.model_validate(front.values)
    except ValidationError as error:
        raise BadFrontMatterError(*[_problem(front, dict(one)) for one in error.errors()], *problems) from None
    if problems:
        raise BadFrontMatterError(*problems)
    lines = {channel: front.line(("channels", index)) for index, channel in enumerate(fields.channels)}
    return AgentFile(name, path, fields, instructions, lines)


def _text(data: bytes) -> str:
    if len(data) > LARGEST_FILE:
        raise BadFrontMatterError(Problem(1, "", f"the file is larger than {LARGEST_FILE // 1024} KB"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFrontMatterError(Problem(line, "", "is not UTF-8 text")) from None


def _problem(front: FrontMatter, detail: Mapping[str, Any]) -> Problem:
    where = tuple(detail["loc"])
    field = ".".join(str(step + 1) if isinstance(step, int) else step for step in where)
    if detail["type"] == "extra_forbidden":
        nested: dict[str, type[BaseModel]] = {"prompts": PromptField, "approvers": ApproversField}
        known = nested.get(str(where[0]), AgentFields) if len(where) > 1 else AgentFields
        message = f"is not a field (the fields are: {', '.join(known.model_fields)})"
    else:
        message = str(detail["msg"]).removeprefix("Value error, ")
    return Problem(front.line(where), field, message)
