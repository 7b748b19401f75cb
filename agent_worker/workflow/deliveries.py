"""Bringing what ends a turn into its thread: how often it is tried, and what becomes of an answer that cannot be shown.

While Slack is away, Temporal tries for ever. Whatever else goes wrong is counted here: an attempt that took too long, a
worker that stopped answering, a defect.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads import post_keys
    from agent_worker.payloads.errors import SLACK_REFUSED, UNSHOWN, code_of, sentence
    from agent_worker.payloads.thread import Deliver, Draft
    from agent_worker.workflow.activity_calls import deliver
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless

# A worker that is killed during a delivery counts as a failure, too: the delivery may be what it died of.
MOST_DELIVERIES = 5
PAUSE = timedelta(seconds=1)  # before the third delivery; before each later one, a second longer
# When an answer that the thread did not take is tried again, if nobody writes: after the turn, then after each try. A
# channel that was archived by mistake is back within minutes or a day; each try is a billed action or two.
LATER = (
    *(timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)),
    *[timedelta(days=1)] * 7,
)
# Histories without this patch are of release 0.2, which put a notice in the place of an answer that was not delivered.
ANSWERS_ARE_KEPT = "an answer that cannot be delivered is kept"


async def bring(conversation: Conversation, turn: Turn, request: Deliver) -> None:
    """Makes the thread hold the answer or notice, after the answers that it did not take before.

    An answer that Slack takes in no form is kept in the conversation, unless its question was deleted. A notice is not
    kept: it tells why there is no answer now, and whoever asks later gets one that is true then. If the delivery
    fails for any other reason as often as it may, a plain sentence is posted beside what is shown.
    """
    await _tell_kept(conversation)
    code = await _failure(request)
    if code == SLACK_REFUSED:
        if not (request.is_notice or turn.is_withdrawn):
            conversation.keep_untold(request, is_outdated=turn.is_outdated)
    elif code:
        await _failure(_plainest(request))


async def bring_aside(request: Deliver) -> None:
    """Makes the thread hold a notice beside a turn. The turn does not depend on it: a failure is only logged."""
    await _failure(request)


async def tell_later(conversation: Conversation) -> None:
    """While nobody writes: waits for the next time, and tries once more to deliver the kept answers.

    Returns at once when somebody writes. After the last time the answers are given up.
    """
    if conversation.times_told_later >= len(LATER):
        given_up = conversation.give_up_untold()
        workflow.logger.warning("answers that could not be shown are given up", extra={"keys": given_up})
        return
    pause = LATER[conversation.times_told_later]
    try:
        await workflow.wait_condition(lambda: conversation.has_work or not conversation.untold, timeout=pause)
    except TimeoutError:
        conversation.times_told_later += 1
        with suppress(InterruptedWork):
            await unless(lambda: conversation.has_work, _tell_kept(conversation))


async def _tell_kept(conversation: Conversation) -> None:
    """Delivers the kept answers, oldest first, until the thread refuses one of them."""
    while conversation.untold:
        answer = conversation.untold[0]
        code = await _failure(answer)
        if code == SLACK_REFUSED:
            return
        if code:
            workflow.logger.warning("a kept answer is given up", extra={"code": code, "key": answer.key})
        conversation.forget_untold(answer)


async def _failure(request: Deliver) -> str:
    """Delivers, in as many attempts as it may take. The code of the last failure; "" if the thread holds it now."""
    code = ""
    for number in range(MOST_DELIVERIES):
        if number > 1:
            await workflow.sleep(PAUSE * (number - 1))
        try:
            await deliver(request)
        except ActivityError as error:
            if is_cancelled_exception(error) or not workflow.patched(ANSWERS_ARE_KEPT):
                raise
            code = code_of(error)
            workflow.logger.warning("delivery failed", extra={"code": code, "number": number + 1})
        else:
            return ""
        if code == SLACK_REFUSED:
            return code
        request = request.in_doubt()
    return code


def _plainest(request: Deliver) -> Deliver:
    """In place of a delivery that fails again and again: one sentence, and nothing else is touched."""
    return request.model_copy(
        update={
            "key": post_keys.notice(request.turn) if request.turn else request.key,
            "text": request.text if request.is_notice else sentence(UNSHOWN),
            "is_notice": True,
            "is_plain": True,
            "is_repeated": False,
            "progress": None,
            "draft": Draft(),
            "title": "",
        }
    )
