"""What applies to an agent, each value with its source: the agent's file, a setting, or the built-in default. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from agent_worker.agents.agent_file import AgentFile
from agent_worker.agents.settings import DEFAULT, AgentSettings
from agent_worker.contract.agent_choice import is_glob
from agent_worker.contract.agents import DEFAULT_PROMPTS, Prompt
from agent_worker.payloads.agent_policy import ThreadReplies
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.questions import Approvers

TICKET_TOOL = "file_ticket"
TICKET_PROMPT = Prompt(title="File a ticket", message="File a ticket: the printer on floor 3 is broken")
NOT = "!"  # before the name or the glob of tools that an agent may not use; no tool's name has one
ABILITIES_SHOWN = 12  # tools in a greeting
HELLO = "Hello! Ask me something in this thread, and I will answer here. What you write later in it, I read as well."
_BEGINS_A_LINK = re.compile(r"[\\\[\]<`]")  # in Markdown, or hides one
Value = TypeVar("Value")


@dataclass(frozen=True)
class Sourced(Generic[Value]):
    value: Value
    source: str


@dataclass(frozen=True)
class Effective:
    """Everything that an agent goes by. `tools` are the names of tools that there are now and that it may use."""

    name: str
    description: str
    channels: Sequence[str]
    instructions: Sourced[str]
    model: Sourced[str]
    tools: Sourced[Sequence[str]]
    max_model_calls: Sourced[int]
    context_tokens: Sourced[int]
    thread_replies: Sourced[ThreadReplies]
    greeting: Sourced[str]
    prompts: Sourced[Sequence[Prompt]]
    approve: Sourced[Sequence[str]]
    approvers: Sourced[Approvers]

    @property
    def version(self) -> AgentVersion:
        return AgentVersion.of(
            agent=self.name,
            model=self.model.value,
            instructions=self.instructions.value,
            tools=list(self.tools.value),
            max_model_calls=self.max_model_calls.value,
            context_tokens=self.context_tokens.value,
            thread_replies=self.thread_replies.value,
            greeting=self.greeting.value,
            approve=list(self.approve.value),
            approvers=self.approvers.value,
        )


def effective(file: AgentFile, settings: AgentSettings, summaries: Mapping[str, str]) -> Effective:
    """`summaries` are those of all tools that there are, by name."""
    fields = file.fields

    def either(own: Value | None, of_settings: Value, setting: str) -> Sourced[Value]:
        return Sourced(of_settings, settings.source(setting)) if own is None else Sourced(own, file.label)

    tools = allowed(summaries, fields.tools)
    return Effective(
        name=file.name,
        description=fields.description,
        channels=fields.channels,
        instructions=either(file.instructions or None, settings.agent_instructions, "agent_instructions"),
        model=either(fields.model, settings.gemini_model, "gemini_model"),
        tools=Sourced(tools, DEFAULT if fields.tools is None else file.label),
        max_model_calls=either(fields.max_model_calls, settings.agent_max_model_calls, "agent_max_model_calls"),
        context_tokens=either(fields.context_tokens, settings.agent_context_tokens, "agent_context_tokens"),
        thread_replies=either(fields.thread_replies, settings.thread_replies, "thread_replies"),
        greeting=_own(fields.greeting, greeting([summaries[name] for name in tools]), file),
        prompts=_own(None if fields.prompts is None else file.prompts, _suggested(tools), file),
        approve=_own(fields.approve, [], file),
        approvers=_own(fields.approvers.rule if fields.approvers else None, Approvers(), file),
    )


def allowed(names: Iterable[str], patterns: Sequence[str] | None) -> list[str]:
    """The names that any pattern fits, without those that a pattern after "!" fits; all if there are no patterns."""
    if patterns is None:
        return list(names)
    gives = _fitting(one for one in patterns if not one.startswith(NOT))
    takes = _fitting(one.removeprefix(NOT) for one in patterns if one.startswith(NOT))
    return [name for name in names if gives(name) and not takes(name)]


def may_allow(beginning: str, patterns: Sequence[str] | None) -> bool:
    """Whether the patterns may allow a tool whose name begins so."""
    if patterns is None:
        return True
    named = any(one.startswith(beginning) for one in patterns)
    return named or bool(allowed([f"{beginning}any"], patterns))


def _fitting(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a name fits any of the patterns. There may be hundreds of both, and most patterns are names."""
    each = set(patterns)
    globs = list(filter(is_glob, each))
    return lambda name: name in each or any(fnmatchcase(name, one) for one in globs)


def _literal(summary: str) -> str:
    """A summary as Markdown: one from outside makes no link in the agent's own words."""
    return _BEGINS_A_LINK.sub(r"\\\g<0>", summary)


def greeting(abilities: Sequence[str]) -> str:
    """What the agent says of itself when somebody mentions it and says nothing else; Markdown."""
    lines = [HELLO]
    if abilities:
        lines += ["", "I can help with:", *(f"- {_literal(ability)}" for ability in abilities[:ABILITIES_SHOWN])]
    if len(abilities) > ABILITIES_SHOWN:
        lines.append(f"- and {len(abilities) - ABILITIES_SHOWN} more")
    return "\n".join(lines)


def _suggested(tools: Sequence[str]) -> Sequence[Prompt]:
    """With a helpdesk, everybody sees within a minute that the agent asks before it acts."""
    return [*DEFAULT_PROMPTS, TICKET_PROMPT] if TICKET_TOOL in tools else DEFAULT_PROMPTS


def _own(own: Value | None, built_in: Value, file: AgentFile) -> Sourced[Value]:
    return Sourced(built_in, DEFAULT) if own is None else Sourced(own, file.label)
