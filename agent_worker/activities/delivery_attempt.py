"""One attempt of a delivery: what it begins with, in which order it works, and what it leaves to the next attempt."""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agent_worker.activities import failed_attempts
from agent_worker.payloads.thread import Deliver
from agent_worker.slack.adapter import Slack
from agent_worker.slack.rate_limits import Urgency, urgency
from agent_worker.slack.refusals import is_unsent
from agent_worker.slack.thread.delivery import waits_for_people
from agent_worker.slack.thread.leftovers import Leftovers


async def deliver(slack: Slack, request: Deliver) -> None:
    """Makes the thread hold the complete answer, once, whatever was shown of it before.

    Raises ApplicationError if it does not. The next attempt then knows what this one has done. It has to look only if
    this one was killed, or if Slack did not say whether it has stored a post.
    """
    known = await _known(slack, request)
    try:
        await _bring(slack, request, known)
    except ApplicationError as error:
        if error.non_retryable and request.turn:  # no answer will take the status away
            await slack.status.end(request.thread, waits=False)
        if not known.is_in_doubt:
            known.is_retry = known.is_retry or not is_unsent(error)
            failed_attempts.hand_on(error, known.for_next_attempt())
        raise


async def _known(slack: Slack, request: Deliver) -> Leftovers:
    for stored in failed_attempts.handed_on():
        return Leftovers.of_last_attempt(stored)
    return await slack.leftovers.of_delivery(request, is_retry=activity.info().attempt > 1)


async def _bring(slack: Slack, request: Deliver, known: Leftovers) -> None:
    """First the answer; then, if the thread was not looked into, what may lie beside it."""
    brought, ended, has_begun = await asyncio.gather(
        slack.delivery.bring(request, known),
        slack.progress.end(request, known),
        slack.status.rename(request.thread, request.title),
        return_exceptions=True,
    )
    for failure in (brought, ended, has_begun):
        if isinstance(failure, BaseException):  # raised bare: of a group, Temporal would not see whether to try again
            raise failure
    # The end of a stream takes the status away, too. But an attempt before may have begun the session after that.
    if has_begun or known.is_retry or not known.holds_streamed(request.key):
        await slack.status.end(request.thread, waits=waits_for_people(request))
    if known.is_partial:
        with urgency(Urgency.TIDYING):
            await slack.progress.end(request, await slack.delivery.tidy(request, known))
