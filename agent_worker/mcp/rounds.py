"""One call of a tool through all that its server asks, as far as people have answered already."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from mcp.shared.dispatcher import ProgressFnT
from mcp.types import INVALID_PARAMS, CallToolResult, InputRequiredResult

from agent_worker.mcp.calls import Call
from agent_worker.mcp.connection.failures import RefusedError
from agent_worker.mcp.inputs import AskError, input_request, kept, response
from agent_worker.mcp.server import Server
from agent_worker.payloads.inputs import InputAnswer, InputRequest, Inputs

MOST_ROUNDS = 5  # in which a server asks what was answered before, or only wants to be called again
BETWEEN_ROUNDS = 0.2  # seconds, where it only wants to be called again
SHORTEST = timedelta(seconds=1)  # for a round, when little is left of the call's time


@dataclass
class Rounds:
    """All rounds together have the time of one call."""

    server: Server
    tool: str
    arguments: Mapping[str, Any]
    progress: ProgressFnT

    async def call(self, inputs: Inputs | None) -> CallToolResult | InputRequest:
        """The result, or what people have to be asked first. Raises what `Server.call` raises, and AskError.

        A server that does not know its state any more is called afresh, and what it asks again is answered as before:
        nobody is asked twice.
        """
        given = inputs or Inputs()
        known = [*given.kept, *given.answers]
        until = asyncio.get_running_loop().time() + self._timeout.total_seconds()
        try:
            return await self._go_on(self._call(given.answers, given.state, known), [], until)
        except RefusedError as refused:
            if given.state is None or refused.code != INVALID_PARAMS or not given.are_given:
                raise
        return await self._go_on(self._call([], None, known), known, until)

    async def _go_on(self, call: Call, known: list[InputAnswer], until: float) -> CallToolResult | InputRequest:
        """Calls until there is a result, or something is asked that is not known."""
        for _ in range(MOST_ROUNDS + 1):
            result = await self.server.call(call, self.progress)
            if not isinstance(result, InputRequiredResult):
                return result
            request = input_request(self.server.name, result, self.server.configuration.secrets)
            answers = _taken(request, known)
            if answers is None:
                return request
            if not request.asks:
                await asyncio.sleep(BETWEEN_ROUNDS)
            left = timedelta(seconds=round(until - asyncio.get_running_loop().time(), 1))
            call = replace(self._call(answers, request.state, known), timeout=max(left, SHORTEST))
        raise AskError("asks again and again, so it was given up")

    def _call(self, answers: list[InputAnswer], state: str | None, known: list[InputAnswer]) -> Call:
        responses = {answer.key: response(answer) for answer in answers}
        return Call(self.tool, self.arguments, self._timeout, responses, state, tuple(known))

    @property
    def _timeout(self) -> timedelta:
        return self.server.configuration.timeout


def _taken(request: InputRequest, known: list[InputAnswer]) -> list[InputAnswer] | None:
    """Takes out of what is known the answers to all that is asked: each answers once. None if one is missing."""
    answers = [found for asked in request.asks if (found := kept(known, asked.digest)) is not None]
    if len(answers) < len(request.asks):
        return None
    for answer in answers:
        known.remove(answer)
    return answers
