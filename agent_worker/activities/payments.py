"""Money for model calls: it is set aside before a call, and what the call has cost is told after it."""

from __future__ import annotations

import time
from typing import Self

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.activities import failed_attempts
from agent_worker.contract.names import thread_of
from agent_worker.gemini.bill import Bill
from agent_worker.gemini.prices import PriceList, Tokens
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.costs import Spent, dollars, together, untold
from agent_worker.payloads.model import AskModel, Summarise
from agent_worker.payloads.quotas import Claim, Hold, Settled
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.thread import Deliver
from agent_worker.quotas.reservations import Place, Reservations

USUAL_INPUT = 8_000  # tokens of a request whose size nobody knows yet
# A token has about four characters. A little too much money is set aside rather than too little.
CHARACTERS = 3
TOKENS_OF_A_TOOL = 300
USUAL_ANSWER = 8_192  # tokens


class Paid(Stored):
    """What a failed attempt tells the next one: what it has spent, and the money that is set aside."""

    spent: list[Spent]
    hold: Hold | None

    @classmethod
    def of_last_attempt(cls, model: str) -> Self:
        """What a killed attempt has asked the `model`, nobody knows; what those before it have spent stays spent."""
        told = failed_attempts.carried()
        is_ours = isinstance(told, dict) and told.keys() == cls.model_fields.keys()
        paid = cls.model_validate(told) if is_ours else cls(spent=[], hold=None)
        if failed_attempts.has_died():
            return cls(spent=together([*paid.spent, untold(model)]), hold=None)
        return paid


class Payments:
    """To be used within an activity. Without `reservations` there are neither quotas nor budgets."""

    def __init__(self, reservations: Reservations | None, prices: PriceList, *, answer: int = USUAL_ANSWER) -> None:
        """`answer` is how many tokens one answer may have."""
        self._reservations = reservations
        self._answer = answer
        self.prices = prices

    @property
    def are_needed(self) -> bool:
        return self._reservations is not None and self._reservations.has_budgets

    # Before a call

    async def place(
        self, team: str, claim: Claim | None, model: str, tokens: int = USUAL_INPUT, *, more_room: bool = False
    ) -> Place:
        """Takes the turn's place, with money for a request of so many `tokens`; returns why there is none.

        `more_room`: its answer may be twice as long as usual.
        """
        if self._reservations is None or claim is None:
            return None
        needs = self._needs(model, tokens, more_room=more_room) if self.are_needed else None
        claim = claim.model_copy(update={"needs": needs}) if needs else claim
        if claim.is_covered(time.time()):
            return claim.hold
        return await self._reservations.reserve(team, claim)

    async def place_of_call(self, request: AskModel, version: AgentVersion, paid: Paid) -> Place:
        """The same for a model call. An attempt that told the next one of itself had a place and money.

        Only if it has spent some of that, there may be too little left; and if Gemini was away for long, the money may
        be free for others by now.
        """
        claim = request.claim
        if claim is None:
            return None
        claim = claim.model_copy(update={"hold": paid.hold}) if paid.hold is not None else claim
        if failed_attempts.handed_on() and (claim.hold is None or not (paid.spent or _has_run_out(claim.hold))):
            return claim.hold
        claim = claim.model_copy(update={"spent": claim.spent + dollars(paid.spent)}) if paid.spent else claim
        size = _size(request, version)
        return await self.place(request.thread.team, claim, version.model, size, more_room=request.more_room)

    def lacks_price(self, request: AskModel, version: AgentVersion) -> bool:
        """Whether there are budgets, but nobody knows what such a request costs: some prices hold for short ones."""
        return (
            self.are_needed and request.thread.in_slack and self._needs(version.model, _size(request, version)) is None
        )

    def _needs(self, model: str, tokens: int, *, more_room: bool = False) -> float | None:
        answer = self._answer * (2 if more_room else 1)
        return self.prices.cost(model, Tokens(given=tokens, answered=answer), time.time()).dollars

    # After it

    async def settle(self, request: Deliver) -> None:
        """Tells what a turn has cost, if money was set aside for it. Never raises."""
        if self._reservations is None or request.settled is None:
            return
        if request.settled.person or self.are_needed:  # without budgets, nothing was held that the turn does not know
            await self._reservations.settle(request.thread.team, request.settled)

    def give_back(self, team: str, claim: Claim | None, hold: Hold | None) -> None:
        """Tells that a turn is not answered, for which money was set aside: it costs nothing."""
        if self._reservations is not None and claim is not None and hold is not None:
            self._reservations.note(team, Settled(turn=claim.turn, person=hold.person, dollars=0.0, at=time.time()))

    async def settle_summary(self, request: Summarise, bill: Bill) -> None:
        """A summary is made also where a budget is used up, as the conversation would be lost; it counts."""
        thread = thread_of(activity.info().workflow_id or "")
        if self._reservations is None or not self.are_needed or thread is None or not request.payer:
            return
        name = f"{thread.channel}:{thread.thread_ts}:summary {request.epoch} {request.end}"
        at = activity.info().scheduled_time.timestamp()
        settled = Settled(turn=name, person=request.payer, dollars=dollars(bill.spent), at=at)
        await self._reservations.settle(thread.team, settled)

    def note_cancelled(self, request: AskModel, version: AgentVersion, hold: Hold | None, bill: Bill) -> None:
        """Tells what a call has cost whose reply nobody will read: the turn knows nothing of it.

        Where Gemini has not told it, that is at least the price of what it was given. What attempts before have spent
        is told by the next attempt, if there is one.
        """
        if self._reservations is None or request.claim is None or hold is None:
            return
        cost = dollars(bill.own)
        if any(one.untold for one in bill.own):
            given = Tokens(given=_size(request, version))
            cost = max(cost, self.prices.cost(version.model, given, time.time()).dollars or 0.0)
        cost += dollars(bill.before) if _is_dropped() else 0.0
        if not cost:
            return
        name = f"{request.claim.turn}:call {request.number}.{activity.info().attempt}"
        settled = Settled(turn=name, person=hold.person, dollars=cost, at=time.time())
        self._reservations.note(request.thread.team, settled)


def with_costs(error: ApplicationError, bill: Bill) -> ApplicationError:
    """The error after which the call is not tried again, with what it has cost: so the turn knows of it."""
    if not error.non_retryable or not bill.spent:
        return error
    spent = [one.model_dump(exclude_unset=True) for one in bill.spent]
    return ApplicationError(error.message, spent, type=error.type, non_retryable=True, category=error.category)


def _has_run_out(hold: Hold) -> bool:
    return hold.has_run_out(time.time())


def _is_dropped() -> bool:
    """Whether nobody wants the reply any more. Otherwise it is tried again: the worker stops, or it took too long."""
    details = activity.cancellation_details()
    return details is not None and details.cancel_requested


def _size(request: AskModel, version: AgentVersion) -> int:
    """About how many tokens the model is given."""
    characters = request.size + len(version.instructions)
    return max(USUAL_INPUT, characters // CHARACTERS + len(version.tools) * TOKENS_OF_A_TOOL)
