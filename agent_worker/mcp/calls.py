"""One call of a tool on a connection, and what has become of it if it fails.

Our own failures, those of the package and those of the server arrive as the same errors, with a code each may choose.
They are told apart by a mark that no server knows, and by the sentences of the package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mcp import Client, MCPError
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import (
    CONNECTION_CLOSED,
    HEADER_MISMATCH,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    ElicitResult,
    InputRequiredResult,
)
from pydantic import TypeAdapter

from agent_worker.mcp.connection.failures import (
    BROKEN,
    NO_MESSAGE,
    NOT_SENT,
    OURS,
    TOO_LARGE,
    UNREADABLE,
    ChangedError,
    LostError,
    NotRunError,
    RefusedError,
    UnreadableError,
)
from agent_worker.mcp.connection.lines import LONGEST_LINE
from agent_worker.payloads.inputs import InputAnswer

_ANSWER: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(CallToolResult | InputRequiredResult)
# How errors begin that the package makes itself. A server may answer with the same codes, and means something else.
_OF_THE_PACKAGE = {
    CONNECTION_CLOSED: ("Connection closed", "SSE stream "),
    REQUEST_TIMEOUT: ("Request 'tools/call' timed out",),
    PARSE_ERROR: ("Failed to parse ",),
    INVALID_REQUEST: ("server answered a request with 202", "Unexpected content type"),
}


@dataclass(frozen=True)
class Call:
    """A call, and what goes with it if the server has asked something: the answers by its keys, and its state.

    `known` are all answers there are, for a server of the older protocol: it asks in the middle of the call.
    """

    tool: str
    arguments: Mapping[str, Any]
    timeout: timedelta
    responses: Mapping[str, ElicitResult] = field(default_factory=dict)
    state: str | None = None
    known: Sequence[InputAnswer] = ()


async def call_tool(client: Client, call: Call, progress: ProgressFnT) -> CallToolResult | InputRequiredResult:
    """Raises NotRunError, LostError, UnreadableError or RefusedError.

    `ClientSession.call_tool` would also hold the result against the schema that the server gives for it: a schema from
    outside can take hours for that, and nothing else in the worker would run.
    """
    params = CallToolRequestParams(
        name=call.tool,
        arguments=dict(call.arguments),
        input_responses=dict(call.responses) or None,
        request_state=call.state,
    )
    request = CallToolRequest(params=params)
    seconds = call.timeout.total_seconds()
    try:
        return await client.session.send_request(request, _ANSWER, seconds, progress_callback=progress)
    except MCPError as error:
        raise _translated(error, seconds) from error
    except (RuntimeError, ValueError) as error:  # the answer is no result of a call
        raise UnreadableError("its answer is not what it promises") from error


def _translated(error: MCPError, seconds: float) -> Exception:
    """What has become of the call."""
    code = _code(error)
    lost = {
        REQUEST_TIMEOUT: f"it took longer than {seconds:g} seconds",
        CONNECTION_CLOSED: "the connection was lost",
        BROKEN: "the connection was lost",
        INVALID_REQUEST: "the server gave no answer to it",
    }
    if code in lost:
        return LostError(lost[code])
    if code == NOT_SENT:
        return NotRunError(error.message)
    if code == HEADER_MISMATCH:
        return ChangedError("has changed its tools")
    if code in (UNREADABLE, PARSE_ERROR):
        too_large = TOO_LARGE.format(LONGEST_LINE // 1_000_000)
        return UnreadableError(too_large if too_large in error.message else NO_MESSAGE)
    return RefusedError(error.message, error.code, error.error.data)


def _code(error: MCPError) -> int | None:
    """The code of an error that our side, the package or the protocol's transport has made; None for the server's."""
    if error.error.data == OURS or error.code == HEADER_MISMATCH:
        return error.code
    return error.code if error.message.startswith(_OF_THE_PACKAGE.get(error.code, ())) else None
