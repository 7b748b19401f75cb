"""Which grants there are, and which call each of them allows. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.grants import Grant, GrantList, Revocation
from text.same_json import is_same

MOST_GRANTS = 500
# As JSON. All grants together then take 1.3 MB: Temporal carries no more than 2 MB into the next run.
LARGEST_GRANT = 2_500  # bytes
LONGEST_ID = 200  # characters
MOST_REVOKED = 1_000  # that are remembered; then the oldest are forgotten
INCOMPLETE = "This permission does not say who may do what, and where."
TOO_LARGE = "This permission is too long to be kept."
ENDED = "This permission would already have ended."
REVOKED = "This permission was revoked. Whoever wants it again has to be asked again."
ANOTHER = "There already is another permission with this id."
FULL = (
    f"There are already {MOST_GRANTS} permissions, and I can't keep more. "
    "Please revoke some that are not needed any more."
)
UNNAMED = "This does not say which permission is to be revoked."


@dataclass(frozen=True)
class GrantQuery:
    """A call of a tool that somebody would have to be asked about. `now` is in seconds since 1970."""

    agent: str
    tool: str
    arguments: Mapping[str, Any]
    channel: str
    thread_ts: str
    schema_digest: str
    now: float


class GrantBook:
    """The grants of one workspace. `now` is always in seconds since 1970.

    A grant that was revoked never comes back, however late or often somebody tries to add it.
    """

    def __init__(self, kept: GrantList) -> None:
        self._grants = {grant.id: grant for grant in kept.grants if grant.id not in kept.revoked}
        self._revoked = dict(kept.revoked)

    @property
    def listed(self) -> GrantList:
        """All grants that are not revoked, in the order in which they were added."""
        return GrantList(grants=list(self._grants.values()))

    @property
    def kept(self) -> GrantList:
        """The same with what is remembered of those that were revoked: another book can begin with it."""
        return GrantList(grants=list(self._grants.values()), revoked=dict(self._revoked))

    def refusal(self, grant: Grant, now: float) -> str:
        """Why the grant cannot be added, as a sentence; "" if it can, or if it already is."""
        if grant.id in self._revoked:
            return REVOKED
        if known := self._grants.get(grant.id):
            return "" if known == grant else ANOTHER
        if not all((grant.id, grant.agent, grant.tool, grant.channel, grant.by, grant.schema_digest)):
            return INCOMPLETE
        if len(grant.id) > LONGEST_ID or len(grant.model_dump_json().encode()) > LARGEST_GRANT:
            return TOO_LARGE
        if not grant.holds_at(now):
            return ENDED
        is_full = len(self._grants) >= MOST_GRANTS and all(one.holds_at(now) for one in self._grants.values())
        return FULL if is_full else ""

    def add(self, grant: Grant, now: float) -> str:
        """Adds the grant, once; returns why not, as `refusal` does. If there are too many, one that has ended goes."""
        refused = self.refusal(grant, now)
        if not refused and grant.id not in self._grants:
            if len(self._grants) >= MOST_GRANTS:
                self._forget_one(now)
            self._grants[grant.id] = grant
        return refused

    def revoke(self, revocation: Revocation) -> str:
        """Takes a grant back, also one that is not there yet; returns why that cannot be, as a sentence."""
        if refused := revoke_refusal(revocation):
            return refused
        self._grants.pop(revocation.id, None)
        self._revoked.setdefault(revocation.id, revocation.at)
        while len(self._revoked) > MOST_REVOKED:
            del self._revoked[next(iter(self._revoked))]
        return ""

    def matching(self, call: GrantQuery) -> Grant | None:
        """The first grant that allows the call; None if somebody has to be asked."""
        return next((grant for grant in self._grants.values() if allows(grant, call)), None)

    def _forget_one(self, now: float) -> None:
        ended = [grant for grant in self._grants.values() if not grant.holds_at(now)]
        oldest = min(ended, key=lambda grant: grant.until or 0.0)
        del self._grants[oldest.id]


def revoke_refusal(revocation: Revocation) -> str:
    """Why nothing can be revoked, as a sentence; "" if it can."""
    return "" if 0 < len(revocation.id) <= LONGEST_ID else UNNAMED


def allows(grant: Grant, call: GrantQuery) -> bool:
    """Whether the grant holds, is for this tool as it is now, for this place, and for these arguments."""
    is_for = (grant.agent, grant.tool, grant.schema_digest, grant.channel)
    asked = (call.agent, call.tool, call.schema_digest, call.channel)
    is_here = is_for == asked and grant.thread_ts in {"", call.thread_ts}
    return is_here and grant.holds_at(call.now) and _fits(grant.pattern, call.arguments)


def _fits(pattern: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    return all(name in arguments and is_same(value, arguments[name]) for name, value in pattern.items())
