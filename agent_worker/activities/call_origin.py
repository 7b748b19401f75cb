"""Which activity a call to Slack or Gemini is made for, in a header that only the playground asks for and reads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from temporalio import activity

HEADER = "X-Activity"
_PARTS = 4


@dataclass(frozen=True)
class CallOrigin:
    """An attempt of an activity, counted from 1, in one run of a workflow."""

    run_id: str
    activity_id: str
    attempt: int
    workflow_id: str

    @classmethod
    def read(cls, header: str) -> CallOrigin | None:
        """None for a header that this class has not written."""
        parts = header.split(" ")
        if len(parts) != _PARTS or not parts[2].isdecimal():
            return None
        return cls(unquote(parts[0]), unquote(parts[1]), int(parts[2]), unquote(parts[3]))

    def written(self) -> str:
        parts = (self.run_id, self.activity_id, str(self.attempt), self.workflow_id)
        return " ".join(quote(part, safe=":") for part in parts)


def header() -> dict[str, str]:
    """The header for a call that is made now; empty outside of an activity, and in one that no workflow has asked for.

    A task that an activity has started belongs to the activity, also when it goes on after its end.
    """
    if not activity.in_activity():
        return {}
    info = activity.info()
    if info.workflow_id is None or info.workflow_run_id is None:
        return {}
    return {HEADER: CallOrigin(info.workflow_run_id, info.activity_id, info.attempt, info.workflow_id).written()}
