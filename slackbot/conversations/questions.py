"""Answers to the agent's questions: handed over to the conversation, which says at once whether they count."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Thread
from agent_worker.contract.names import workflow_id
from agent_worker.contract.questions import (
    ANSWER_QUESTION,
    IN_A_MOMENT,
    KEEP_ANSWER,
    QUESTION_FORM,
    REFUSED,
    SETTLED,
    Answer,
    AskedForm,
    FormRequest,
    Taken,
)

# Seconds. Of the 3 s that Slack waits for the acknowledgement, the rest is for telling the person.
UPDATE_TIMEOUT, SIGNAL_TIMEOUT, QUERY_TIMEOUT = 1.3, 0.7, 1.2
PRESS_AGAIN = "I could not be told what you decided just now. Please press it once more."
CANNOT_OPEN = "I can't show this just now. Please close it, and press the button again in a minute."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Given:
    """What became of an answer, and a sentence for the person who gave it; "" if the card says it all."""

    state: Literal["taken", "kept", "refused", "lost"]
    told: str = ""


class Questions:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def give(self, thread: Thread, answer: Answer) -> Given:
        """Hands an answer over. Never raises.

        An update is stored only when a worker takes it. If none does in time, the answer goes as a signal, which
        Temporal stores at once; if the update arrives after all, the conversation counts the answer once.
        """
        handle = self._handle(thread)
        try:
            async with asyncio.timeout(UPDATE_TIMEOUT):
                taken = await handle.execute_update(
                    ANSWER_QUESTION,
                    answer,
                    id=answer.id,
                    result_type=Taken,
                    rpc_timeout=timedelta(seconds=UPDATE_TIMEOUT),
                )
            return Given("taken", taken.told)
        except WorkflowUpdateFailedError as failure:
            cause = failure.cause
            if isinstance(cause, ApplicationError) and cause.type == REFUSED:
                return Given("refused", cause.message)
            logger.warning("an answer was not taken", extra={"reason": type(cause).__name__})
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Given("refused", SETTLED)
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            pass
        return await self._keep(handle, answer)

    async def _keep(self, handle: WorkflowHandle[object, object], answer: Answer) -> Given:
        try:
            async with asyncio.timeout(SIGNAL_TIMEOUT):
                await handle.signal(KEEP_ANSWER, answer, rpc_timeout=timedelta(seconds=SIGNAL_TIMEOUT))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Given("refused", SETTLED)
            return Given("lost", PRESS_AGAIN)
        except TimeoutError:
            return Given("lost", PRESS_AGAIN)
        return Given("kept", IN_A_MOMENT)

    async def form(self, thread: Thread, request: FormRequest) -> AskedForm:
        """What the form about a call shows; if that is not known in time, it says so. Never raises."""
        try:
            async with asyncio.timeout(QUERY_TIMEOUT):
                form: AskedForm = await self._handle(thread).query(
                    QUESTION_FORM, request, result_type=AskedForm, rpc_timeout=timedelta(seconds=QUERY_TIMEOUT)
                )
                return form
        except RPCError as error:
            return AskedForm(refusal=SETTLED if error.status == RPCStatusCode.NOT_FOUND else CANNOT_OPEN)
        except (TimeoutError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return AskedForm(refusal=CANNOT_OPEN)

    def _handle(self, thread: Thread) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
