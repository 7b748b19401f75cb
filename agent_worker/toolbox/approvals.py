"""Which tool calls people are asked about before they run, and what the question says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from agent_worker.payloads.questions import Approval, Approvers

ASK_PERSON = "ask_person"  # the tool of ours that is a question itself
NOT = "!"  # before a glob of tools that nobody is asked about
# Of a tool of an MCP server, only its name is believed: what a server says of itself is no reason to ask less.
_CHANGES = """
accept add append apply approve archive assign ban book buy call cancel charge clear close commit create deactivate
delete deploy destroy disable dismiss dispatch drop edit enable erase execute flush fork grant import insert install
invite kick kill make merge modify move notify open order pay post promote publish purge push put reassign reboot
reject release remove rename reopen replace reply reset restart restore resume revert revoke rollback rotate run
schedule send set share shutdown spend start stop submit subscribe suspend sync terminate transfer transition trigger
truncate unassign uninstall unlock unpublish unsubscribe update upgrade upload upsert wipe write
"""
_READS = """
browse calculate check compare compute convert count describe diff download echo explain export fetch find get
help inspect list look lookup ping preview query read retrieve search show status summarize test time
translate validate verify view watch whoami
"""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
SEPARATOR = "__"  # between a server's name and a tool's; a server's name has none in it
# Behind a name of which not all is known: it was too long, or had letters that only look like Latin ones.
_DIGEST = re.compile(r"_[0-9a-f]{8}\Z")
CHANGES, READS = frozenset(_CHANGES.split()), frozenset(_READS.split())
LONGEST_VERB = 40  # characters


def is_asked_about(name: str, patterns: Sequence[str], *, is_ours: bool, has_effect: bool) -> bool:
    """Whether people are asked about a call of this tool. `patterns` are the agent's; the last that fits decides.

    A tool of ours that only reads is never asked about. Where no pattern fits, a tool of ours is asked about if it has
    an effect, and one of an MCP server unless the verbs of its name only read.
    """
    if is_ours and not has_effect:
        return False
    fitting = [one for one in patterns if fnmatchcase(name, one.removeprefix(NOT))]
    if fitting:
        return not fitting[-1].startswith(NOT)
    return has_effect if is_ours else may_change(name)


def may_change(name: str) -> bool:
    """Whether a tool of this name may change something: any verb in it does, or none that is known only reads.

    So may one whose real name is not wholly known: what is missing may be a verb.
    """
    words = {word.lower() for word in _words(name)}
    return bool(words & CHANGES) or not words & READS or _DIGEST.search(name) is not None


def _words(name: str) -> list[str]:
    """The words of a tool's name, without the name of its server."""
    server, _, tool = name.partition(SEPARATOR)
    return _WORDS.findall(tool or server)


def verb_of(name: str) -> str:
    """The tool's name as the label of a button: `github__merge_pull_request` is "Merge Pull Request"."""
    label = " ".join(word if word.isupper() else word.capitalize() for word in _words(name))
    return (label or "Go Ahead")[:LONGEST_VERB]


def approval(
    name: str, effect: str, parameters: Mapping[str, Any] | None, digest: str, approvers: Approvers
) -> Approval:
    """The question about one call; `effect` is what it does, as a person reads it, "" if only its name tells that."""
    server = name.partition(SEPARATOR)[0] if SEPARATOR in name else ""
    does = effect or (f"{verb_of(name)} ({server})" if server else verb_of(name))
    return Approval(
        does=does,
        verb=verb_of(name),
        parameters=dict(parameters) if parameters is not None else None,
        digest=digest,
        approvers=approvers,
    )
