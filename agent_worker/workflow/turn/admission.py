"""Whether a turn is answered: is it meant for the agent, may its authors talk to it, is the limit of turns reached?"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.agent_policy import AgentPolicy
    from agent_worker.payloads.errors import STOPPED, TurnFailed
    from agent_worker.workflow.access import Access
    from agent_worker.workflow.outbox import Outbox


class Admission:
    def __init__(self, conversation: Conversation, access: Access, outbox: Outbox) -> None:
        self._conversation = conversation
        self._access = access
        self._outbox = outbox

    async def is_admitted(self, turn: Turn, policy: AgentPolicy) -> bool:
        """Takes out of the turn the messages that are not to be answered; returns False if none is left.

        Raises TurnFailed if a stop has taken out all of them.
        """
        if turn.earlier is None and not await self._is_for_us(turn):
            return False
        return await self._is_within_limits(turn, policy)

    async def _is_for_us(self, turn: Turn) -> bool:
        participants = self._conversation.participants
        turn.messages = [participants.judged(message) for message in turn.messages]
        if not participants.is_asked(turn.messages):
            self._conversation.inbox.put_back(turn.messages)
            return False
        turn.drop_stopped(self._conversation.inbox.stopped_at)
        if not turn.messages:
            raise TurnFailed(STOPPED)
        return await self._access.judge(turn)

    async def _is_within_limits(self, turn: Turn, policy: AgentPolicy) -> bool:
        """Asks the turn limits, tells the thread what they have to say, and waits as long as they want."""
        decision = self._conversation.limits.decide(
            turn.messages,
            workflow.time(),
            app_turns=policy.agent_max_app_turns,
            hourly_turns=policy.agent_max_hourly_turns,
        )
        if decision.say:
            await self._outbox.say(turn.key, "limit", decision.say)
        if decision.wait:
            await workflow.sleep(decision.wait)
        return decision.answer
