"""A summary in the place of older turns, made between two turns when the transcript has become too long."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.payloads.agent_policy import AgentPolicy
    from agent_worker.payloads.costs import CostRecord
    from agent_worker.payloads.model import Summarise, Summary
    from agent_worker.workflow.activity_calls import summarise
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless

NO_SUMMARY = "(What was said before could not be summarised and is left out.)"


def _note_cost(conversation: Conversation, made: Summary, payer: str) -> None:
    """A summary belongs to no turn: who has asked last pays for it."""
    if made.spent:
        day = workflow.now().date().isoformat()
        record = CostRecord(day=day, turns=0, person=payer, agent=conversation.agent, spent=made.spent)
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
    try:
        made = await unless(lambda: transcript.epoch != request.epoch, summarise(request, policy.gemini_timeout))
        summary = made.text
        _note_cost(conversation, made, payer)
    except InterruptedWork:
        await compact(conversation, policy)
        return
    except Exception as error:
        if is_cancelled_exception(error):
            raise
        summary = NO_SUMMARY
    if transcript.epoch != request.epoch:
        await compact(conversation, policy)
        return
    transcript.replace_older(cut, summary, str(workflow.uuid4()))
