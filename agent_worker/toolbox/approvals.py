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
abort accept acknowledge activate add adjust allocate alter append apply approve archive assign attach authorize ban
book bump buy call cancel change charge claim clean clear close commit complete configure confirm connect create
deactivate deallocate debit decline decrement delete demote deny deploy deposit destroy detach disable disconnect
dismiss dispatch donate drain drop duplicate edit empty enable encrypt enqueue enroll erase escalate evict execute
expire finish flush follow fork forward freeze generate grant hide import increment inject insert install invite
invoke join kick kill launch leave make mark merge migrate mint modify move mute notify open order patch pause pay
post promote provision prune publish purge push put reassign rebase reboot rebuild reconfigure refund regenerate
register reindex reject release remove rename rent reopen repair replace reply rerun resend reset resize resolve
respond restart restore resume retry revert revise revoke rewrite rollback rotate run save scale schedule sell send
set share shutdown snooze spend start stop submit subscribe suspend swap switch sync terminate toggle transfer
transition trash trigger truncate unarchive unassign unban unblock unfollow uninstall unlink unlock unmute unpin
unpublish unregister unstar unsubscribe untag update upgrade upload upsert wipe withdraw write
"""
# These are names of things, too: they are verbs where the name begins, unless it ends as `message_search` does, and
# behind one of _AND.
_CHANGES_FIRST = """
block bookmark clone comment copy draft email fire flag label link load lock log mail message pin queue rate record
remind report request reserve review sign star store tag track tweet vote
"""
_AND = frozenset({"and", "or", "then"})
_ENDS = frozenset({"find", "get", "list", "lookup", "query", "read", "search"})
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
CHANGES_FIRST = frozenset(_CHANGES_FIRST.split())
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
    words = [word.lower() for word in _words(name)]
    begins = {word for at, word in enumerate(words) if words[at - 1] in _AND or (at == 0 and words[-1] not in _ENDS)}
    changes = not CHANGES.isdisjoint(words) or not CHANGES_FIRST.isdisjoint(begins)
    return changes or READS.isdisjoint(words) or _DIGEST.search(name) is not None


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
