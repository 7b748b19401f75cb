"""What a turn asks of the quotas and the budgets, and what it is told.

A quota says how many turns a person and a workspace may have in an hour; a budget, how many dollars the turns of a day
(UTC) may cost.
"""

from __future__ import annotations

from typing import Literal

from agent_worker.payloads.stored import Stored

QUOTA_WORKFLOW = "QuotaWorkflow"
RESERVE = "reserve"  # the update that carries a Reserve and returns a Reserved
BudgetScope = Literal["person_budget", "channel_budget", "workspace_budget"]
Scope = Literal["person", "workspace"] | BudgetScope  # whose quota or budget it is


def quota_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one QuotaWorkflow of an agent in a workspace. The task queue tells agents apart."""
    return f"quota:{task_queue}:{team}"


class Hold(Stored):
    """Money that is set aside for a turn: `dollars` of the budget of `person`, who pays for the whole turn.

    After `until`, in seconds since 1970, it is free for others; 0 where that is not known.
    """

    person: str
    dollars: float
    until: float = 0.0

    def has_run_out(self, now: float) -> bool:
        return 0 < self.until <= now


class Claim(Stored):
    """A turn that wants to be answered.

    `turn` is its name in the workspace, the channel's id before a colon: it counts once, however often it asks.
    `people` are the Slack ids of those who asked, in the order of their messages; the turn counts for the first of them
    who has turns and money left.

    `goes_on`: a decision of people lets a turn go on that had its place before: it takes no other one in the quotas.
    `needs` are the dollars that its next request may cost; 0 where no budget is set. A turn that has a `hold` already
    has a place in the quotas, and has spent `spent` dollars so far.
    """

    turn: str
    people: list[str]
    goes_on: bool = False
    needs: float = 0.0
    hold: Hold | None = None
    spent: float = 0.0

    def without(self, refused: set[str]) -> Claim:
        """The claim of those who may talk to the agent."""
        return self.model_copy(update={"people": [person for person in self.people if person not in refused]})

    def is_covered(self, now: float) -> bool:
        """Whether what is held is enough for what it needs. `now` is in seconds since 1970."""
        hold = self.hold
        return hold is not None and not hold.has_run_out(now) and self.spent + self.needs <= hold.dollars


class QuotaLimits(Stored):
    """How many turns are answered within an hour; 0 means that there is no limit."""

    person: int = 0
    workspace: int = 0

    @property
    def has_any(self) -> bool:
        return bool(self.person or self.workspace)


class Budgets(Stored):
    """How many dollars turns may cost in a day (UTC); 0 means that there is no limit.

    Direct messages are no channel.
    """

    person: float = 0.0
    channel: float = 0.0
    workspace: float = 0.0

    @property
    def has_any(self) -> bool:
        return bool(self.person or self.channel or self.workspace)

    def of(self, scope: BudgetScope) -> float:
        return {
            "person_budget": self.person,
            "channel_budget": self.channel,
            "workspace_budget": self.workspace,
        }[scope]


class Settled(Stored):
    """What a turn, or a part of it with a name of its own, has cost: in place of what was held for that name.

    `person` is "" if the turn was not told who pays: then it is for whom money was held by that name, if it was.
    `at` is when it ended, in seconds since 1970, the same in each attempt to tell it: it counts on that day only.
    """

    turn: str
    person: str
    dollars: float
    at: float


class BudgetWarning(Stored):
    """Most of a budget is used up.

    `key` names the budget for this day, and `owner` is the Slack id of the person or channel; "" for the workspace.
    """

    key: str
    scope: BudgetScope
    owner: str = ""
    spent: float
    dollars: float


class OverQuota(Stored):
    """Why a turn is not answered: all `turns` of the hour are taken, or the day's `dollars` are used up.

    `minutes`: until the next turn is answered. `is_told`: the thread is to be told; otherwise the people were told
    somewhere else just now.
    """

    scope: Scope
    turns: int = 0
    dollars: float = 0.0
    minutes: int
    is_told: bool


class Reserve(Stored):
    """Asks for a place for each of these turns, and tells what others have cost.

    `told` are the keys of warnings that the operator has read.
    """

    claims: list[Claim]
    limits: QuotaLimits
    budgets: Budgets = Budgets()
    settled: list[Settled] = []
    told: list[str] = []


class Reserved(Stored):
    """Which of the turns get no place, by the name of the turn; all others have one, and money if they need any.

    `warnings` are for the operator; whoever asked tells them.
    """

    refused: dict[str, OverQuota]
    holds: dict[str, Hold] = {}
    warnings: list[BudgetWarning] = []
