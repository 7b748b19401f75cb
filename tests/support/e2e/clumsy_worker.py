"""The real worker, but it stumbles once over each thing that people say, and its stumbles quote what was said."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

from agent_worker.__main__ import main
from agent_worker.activities.model_call import ModelCalls
from agent_worker.contract.messages import UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.payloads.model import AskModel, ModelReply
from process import lifetime

TRIPS_WORKFLOW, TRIPS_ACTIVITY = "trip the workflow", "trip the activity"
_stumbled: set[str] = set()
_receive, _reply = Conversation.receive, ModelCalls.reply


def receive(conversation: Conversation, message: UserMessage) -> None:
    """Raises in workflow code, outside of any turn: the workflow task fails, and Temporal gives it out again."""
    if TRIPS_WORKFLOW in message.text and TRIPS_WORKFLOW not in _stumbled:
        _stumbled.add(TRIPS_WORKFLOW)
        raise RuntimeError(f"cannot take {message!r}")
    _receive(conversation, message)


async def reply(calls: ModelCalls, request: AskModel) -> ModelReply:
    if TRIPS_ACTIVITY in repr(request) and TRIPS_ACTIVITY not in _stumbled:
        _stumbled.add(TRIPS_ACTIVITY)
        await _stumble(repr(request))
    return await _reply(calls, request)


async def _stumble(said: str) -> None:
    """In each of the ways in which Python and libraries quote what they were given."""
    warnings.warn(f"odd: {said}", stacklevel=1)
    lost: Any = asyncio.create_task(_fail(said))
    await asyncio.wait([lost])
    del lost
    gc.collect()  # asyncio tells of an exception that nobody has asked for
    UserMessage.model_validate({"ts": [said], "user": said, "text": {"said": said}})


async def _fail(said: str) -> None:
    raise LookupError(said)


if __name__ == "__main__":
    Conversation.receive = receive  # type: ignore[method-assign, assignment]
    ModelCalls.reply = reply  # type: ignore[method-assign, assignment]
    lifetime.run(main)
