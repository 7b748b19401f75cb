"""Answers to the agent's questions: handed over to the conversation, which says at once whether they count."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError, RPCStatusCode

from agent_worker.contract.messages import Thread
from agent_worker.contract.names import workflow_id
from agent_worker.contract.questions import (
    ANSWER_QUESTION,
    CHECK_ANSWER,
    IN_A_MOMENT,
    QUESTION_FORM,
    SETTLED,
    Answer,
    AnswerCheck,
    AskedForm,
    Checked,
    FormRequest,
)

# Seconds. Of the 3 s that Slack waits for the acknowledgement, the rest is for telling the person. What the check does
# not need of its time, the signal may take as well.
GIVE_TIMEOUT, CHECK_TIMEOUT, FORM_TIMEOUT = 2.0, 1.3, 1.2
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

        First a query tells whether it counts: what is refused leaves no trace. Then it goes as a signal, which Temporal
        stores at once, also if no worker answers the query in time. Where something else was decided in between, the
        conversation tells the person.
        """
        handle, began = self._handle(thread), time.monotonic()
        checked = await self._check(handle, answer)
        if checked is not None and checked.refusal:
            return Given("refused", checked.refusal)
        return await self._send(handle, answer, checked, timeout=GIVE_TIMEOUT - (time.monotonic() - began))

    async def _check(self, handle: WorkflowHandle[object, object], answer: Answer) -> Checked | None:
        """None if nobody knows in time."""
        check = AnswerCheck(answer=answer, now=time.time())
        try:
            async with asyncio.timeout(CHECK_TIMEOUT):
                checked: Checked = await handle.query(
                    CHECK_ANSWER, check, result_type=Checked, rpc_timeout=timedelta(seconds=CHECK_TIMEOUT)
                )
                return checked
        except RPCError as error:
            return Checked(refusal=SETTLED) if error.status == RPCStatusCode.NOT_FOUND else None
        except TimeoutError:
            return None
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            logger.warning("an answer could not be checked", extra={"reason": type(error).__name__})
            return None

    async def _send(
        self, handle: WorkflowHandle[object, object], answer: Answer, checked: Checked | None, *, timeout: float
    ) -> Given:
        try:
            async with asyncio.timeout(timeout):
                await handle.signal(ANSWER_QUESTION, answer, rpc_timeout=timedelta(seconds=timeout))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return Given("refused", SETTLED)
            return Given("lost", PRESS_AGAIN)
        except TimeoutError:
            return Given("lost", PRESS_AGAIN)
        return Given("kept", IN_A_MOMENT) if checked is None else Given("taken", checked.told)

    async def form(self, thread: Thread, request: FormRequest) -> AskedForm:
        """What the form about a call shows; if that is not known in time, it says so. Never raises."""
        try:
            async with asyncio.timeout(FORM_TIMEOUT):
                form: AskedForm = await self._handle(thread).query(
                    QUESTION_FORM, request, result_type=AskedForm, rpc_timeout=timedelta(seconds=FORM_TIMEOUT)
                )
                return form
        except RPCError as error:
            return AskedForm(refusal=SETTLED if error.status == RPCStatusCode.NOT_FOUND else CANNOT_OPEN)
        except (TimeoutError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return AskedForm(refusal=CANNOT_OPEN)

    def _handle(self, thread: Thread) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow_id(thread.team, thread.channel, thread.thread_ts))
