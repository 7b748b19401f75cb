"""What a turn asks of the quotas, and what it is told: how many turns a person and a workspace may have in an hour."""

from __future__ import annotations

from typing import Literal

from agent_worker.payloads.thread import Stored

QUOTA_WORKFLOW = "QuotaWorkflow"
RESERVE = "reserve"  # the update that carries a Reserve and returns a Reserved
Scope = Literal["person", "workspace"]  # whose quota it is


def quota_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one QuotaWorkflow of an agent in a workspace. The task queue tells agents apart."""
    return f"quota:{task_queue}:{team}"


class Claim(Stored):
    """A turn that wants to be answered.

    `turn` is its name in the workspace: it counts once, however often it asks. `people` are the Slack ids of those who
    asked, in the order of their messages; the turn counts for the first of them who has turns left.
    """

    turn: str
    people: list[str]

    def without(self, refused: set[str]) -> Claim:
        """The claim of those who may talk to the agent."""
        return self.model_copy(update={"people": [person for person in self.people if person not in refused]})


class QuotaLimits(Stored):
    """How many turns are answered within an hour; 0 means that there is no limit."""

    person: int = 0
    workspace: int = 0

    @property
    def has_any(self) -> bool:
        return bool(self.person or self.workspace)


class OverQuota(Stored):
    """Why a turn is not answered: all `turns` of the hour are taken.

    `minutes`: until the next turn is answered. `is_told`: the thread is to be told; otherwise the people were told
    somewhere else just now.
    """

    scope: Scope
    turns: int
    minutes: int
    is_told: bool


class Reserve(Stored):
    """Asks for a place for each of these turns."""

    claims: list[Claim]
    limits: QuotaLimits


class Reserved(Stored):
    """Which of the turns get no place, by the name of the turn; all others have one."""

    refused: dict[str, OverQuota]
