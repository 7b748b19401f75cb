"""Which tool a message asks for: by the words of the tool's name, of its description and of its arguments. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playground.scripted_model.language import values
from playground.scripted_model.language.words import COMMON_VERBS, STOP_WORDS, stem, stems, telling, words
from playground.scripted_model.request.tools import Tool, Tools
from playground.scripted_model.tools.kinds import options_in

# What verbs in the names of tools do. Those of one kind can stand for one another, those of different kinds cannot.
_KINDS = (
    {"search", "find", "look", "lookup", "query"},
    {"read", "open"},
    {"create", "add", "make", "open", "write"},
    {"delete", "remove"},
    {"update", "change", "set", "write"},
    {"list", "show"},
    {"send"},
    {"start", "run"},
    {"stop"},
)
# How much of what a message is about has to be words of the tool.
_SURE_SHARE, _PROBABLE_SHARE, _DESCRIBED_SHARE = 0.3, 0.34, 0.6
_DESCRIBED_WORDS = 2  # of a description alone, without any word of the name
_VALUE = re.compile(
    r"\"[^\"]*\"|“[^”]*”|`[^`]*`|\{[^{}]*\}|https?://\S+|[\w.+-]+@[\w-]+\.\S+|\S*[\w.-]/\S*|[\w-]+\.[a-z]{1,4}\b"
)


@dataclass(frozen=True)
class Match:
    """A tool that a message seems to ask for. It `is_sure` if the message has all telling words of its name."""

    tool: Tool
    is_sure: bool
    score: float


def named_tool(text: str, tools: Tools) -> Tool | None:
    """The tool that the message calls by its very name, such as get_time, docs__read_text_file or `search`."""
    for name, tool in sorted(tools.items(), key=lambda item: -len(item[0])):
        own = re.escape(tool.own_name)
        spelled = rf"{re.escape(name)}|{own}" if "_" in tool.own_name.strip("_") else rf"{re.escape(name)}(?=\()"
        if re.search(rf"(?<![\w`])(?:{spelled})(?!\w)|`(?:{re.escape(name)}|{own})`", text) or re.search(
            rf"\b(?:call|use|run|invoke|try) (?:the )?(?:tool )?{own}\b|\bthe tool {own}\b", text, re.IGNORECASE
        ):
            return tool
    return None


def wanted_tool(text: str, tools: Tools) -> Match | None:
    """The tool that fits the message best; None if none does."""
    plain = _VALUE.sub(" ", text)
    spread = Counter(word for tool in tools.values() for word in _described(tool))
    rare = {word for word, count in spread.items() if count <= max(1, len(tools) // 4)}
    matches = [match for tool in tools.values() if (match := _match(text, plain, tool, rare))]
    return max(matches, key=lambda one: (one.is_sure, one.score, one.tool.name), default=None)


def _match(text: str, plain: str, tool: Tool, rare: Iterable[str]) -> Match | None:
    said, about = set(stems(plain)), telling(plain)
    name = _name(tool)
    hits = name & said
    described = (about & _described(tool) & set(rare)) - name
    values_of_it = _stems_of_values(plain, tool)
    share = len(about & (name | described | values_of_it)) / max(1, len(about))
    verbs = {stem(word) for word in words(tool.own_name) if word in COMMON_VERBS} & said
    is_first = next((stem(word) for word in words(plain) if _tells(word)), "") in hits
    differs = _differ(words(plain), words(tool.own_name))
    is_sure = hits == name and not differs and (len(name) > 1 or is_first or share >= _SURE_SHARE)
    evidence = len(verbs) + len(described) + len(values_of_it) + bool(values.quoted(text) or values.paths(text))
    is_probable = bool(hits) and evidence > 0 and share >= _PROBABLE_SHARE
    is_described = len(described | values_of_it) >= _DESCRIBED_WORDS and share >= _DESCRIBED_SHARE
    if not (is_sure or is_probable or is_described):
        return None
    of_server = len(set(stems(tool.server)) & said)
    score = (
        -2 * differs
        + 3 * len(hits)
        + len(described)
        + 0.5 * (len(verbs) + of_server)
        + len(values_of_it)
        - 0.5 * len(name - hits)
    )
    return Match(tool, is_sure, score)


def _name(tool: Tool) -> set[str]:
    """The telling words of its name; all of them if none is telling."""
    return telling(tool.own_name) or {stem(word) for word in words(tool.own_name) if word not in STOP_WORDS}


def _differ(said: list[str], named: list[str]) -> bool:
    """Whether the verbs of a message and of a tool's name are of different kinds, as in read and search."""
    kinds, others = ({at for at, kind in enumerate(_KINDS) if kind & set(verbs)} for verbs in (said, named))
    return bool(kinds and others) and not kinds & others


def _tells(word: str) -> bool:
    return word not in STOP_WORDS and word not in COMMON_VERBS


def _described(tool: Tool) -> set[str]:
    """The telling words of its first paragraph and of its parameters."""
    told = [tool.description.partition("\n\n")[0]]
    for parameter in tool.parameters:
        told += [parameter.name, parameter.described]
    return telling(" ".join(told))


def _stems_of_values(text: str, tool: Tool) -> set[str]:
    """The words of the message that are options of its parameters."""
    found = [one for parameter in tool.parameters if parameter.options for one in options_in(parameter, text)]
    return {word for one in found for word in stems(text[one.start : one.end])}


def without(tools: Tools, names: Iterable[str]) -> Mapping[str, Tool]:
    left_out = set(names)
    return {name: tool for name, tool in tools.items() if name not in left_out}
