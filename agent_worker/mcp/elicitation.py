"""What a server of the older protocol asks in the middle of a call, and the answers that are known already.

A person may take days, and no call lasts so long. So a question without an answer ends the call, and the call is made
again when there is one. Nothing says to which call a question belongs: it is clear only while just one of them runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcp.client.session import ClientRequestContext
from mcp.types import (
    URL_ELICITATION_REQUIRED,
    CallToolResult,
    ElicitationRequiredErrorData,
    ElicitRequestParams,
    ElicitResult,
    InputRequiredResult,
)
from pydantic import ValidationError

from agent_worker.mcp.connection.failures import RefusedError
from agent_worker.mcp.inputs import AskError, asked_input, kept, response, together
from agent_worker.mcp.secrets import Secrets
from agent_worker.payloads.inputs import AskedInput, InputAnswer, InputRequest

UNCLEAR = AskError(
    "has asked people something while several of its calls ran, and it is not known for which one, so nobody was "
    "asked. Make such calls one after the other"
)
Called = CallToolResult | InputRequiredResult


@dataclass(eq=False)
class _Running:
    """One call. `problem` is why people cannot be asked what it needs."""

    answers: list[InputAnswer]
    asked: list[AskedInput] = field(default_factory=list)
    problem: AskError | None = None
    is_unclear: bool = False
    has_asked: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)


class Elicitation:
    def __init__(self, server: str, secrets: Secrets) -> None:
        self._server = server
        self._secrets = secrets
        self._running: list[_Running] = []

    async def answer(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:  # noqa: ARG002
        """Answers the server, once it has heard that its call is given up if there is no answer."""
        if len(self._running) != 1:
            for call in self._running:
                call.is_unclear = True
            return ElicitResult(action="cancel")
        (call,) = self._running
        try:
            asked = asked_input(None, params, self._secrets)
        except AskError as problem:
            call.problem = problem
        else:
            if (known := kept(call.answers, asked.digest)) is not None:
                call.answers.remove(known)
                return response(known)
            call.asked.append(asked)
        call.has_asked.set()
        await call.has_ended.wait()
        return ElicitResult(action="cancel")

    async def during(
        self, answers: Sequence[InputAnswer], calling: Coroutine[Any, Any, Called]
    ) -> Called | InputRequest:
        """The call's result, or what the server asks in the middle of it. Raises what the call raises, and AskError."""
        call = _Running(list(answers))
        self._running.append(call)
        tasks = asyncio.create_task(calling), asyncio.create_task(call.has_asked.wait())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():  # also if it has asked, and not waited: the call has been carried out
                return self._result(call, tasks[0].result())
            return await self._ended(call, tasks[0])
        except RefusedError as refused:
            return self._pages(call, refused)
        finally:
            self._running.remove(call)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            call.has_ended.set()

    async def _ended(self, call: _Running, task: asyncio.Task[Called]) -> InputRequest:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if call.problem is not None:
            raise call.problem
        return together(self._server, call.asked, begins_again=True)

    def _result(self, call: _Running, result: Called) -> Called:
        if call.is_unclear and isinstance(result, CallToolResult) and result.is_error:
            raise UNCLEAR
        return result

    def _pages(self, call: _Running, refused: RefusedError) -> InputRequest:
        """The pages that have to be opened before the call is made at all. Raises `refused` if it is something else."""
        if refused.code != URL_ELICITATION_REQUIRED:
            raise refused
        try:
            told = ElicitationRequiredErrorData.model_validate(refused.data)
        except ValidationError:
            raise refused from None
        asked = [asked_input(None, one, self._secrets) for one in told.elicitations]
        if not asked or all(kept(call.answers, one.digest) for one in asked):
            raise refused
        return together(self._server, asked, begins_again=True)
