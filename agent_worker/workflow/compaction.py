"""A summary in the place of older turns, made between two turns when the transcript has become too long."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.payloads.agent_policy import AgentPolicy
    from agent_worker.payloads.costs import CostRecord, Spent, untold
    from agent_worker.payloads.model import Summarise, Summary
    from agent_worker.workflow.activity_calls import summarise
    from agent_worker.workflow.lost_costs import spent_in
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless

NO_SUMMARY = "(What was said before could not be summarised and is left out.)"


def _note_cost(conversation: Conversation, spent: list[Spent], payer: str) -> None:
    """A summary belongs to no turn: who has asked last pays for it, also if it fails."""
    if spent:
        day = workflow.now().date().isoformat()
        record = CostRecord(day=day, turns=0, person=payer, agent=conversation.agent, spent=spent)
        conversation.costs.note(record)


async def compact(conversation: Conversation, policy: AgentPolicy) -> None:
    """Summarises older turns if the transcript is too long; without a summary they are dropped all the same.

    What is taken back meanwhile is not summarised: then the summary is made anew, or is no longer needed.
    """
    transcript = conversation.transcript
    if not transcript.is_too_long(policy.agent_context_tokens) or (cut := transcript.cut()) == 0:
        return
    payer = conversation.costs.last_payer
    request = Summarise(model=conversation.model, epoch=transcript.epoch, end=cut, payer=payer)
    unread: list[Summary] = []
    making = summarise(request, policy.gemini_timeout, unread.append)
    try:
        made = await unless(lambda: transcript.epoch != request.epoch, making)
        summary = made.text
        _note_cost(conversation, made.spent, payer)
    except InterruptedWork:
        lost = [spent for made in unread for spent in made.spent]
        _note_cost(conversation, lost or [untold(request.model)], payer)
        await compact(conversation, policy)
        return
    except Exception as error:
        if is_cancelled_exception(error):
            raise
        _note_cost(conversation, spent_in(error, request.model), payer)
        summary = NO_SUMMARY
    if transcript.epoch != request.epoch:
        await compact(conversation, policy)
        return
    transcript.replace_older(cut, summary, str(workflow.uuid4()))
