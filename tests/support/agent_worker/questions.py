"""Questions for Gemini, the adapter that asks them, and what follows from its replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.gemini.client import Gemini, make_client
from agent_worker.gemini.request import Question
from agent_worker.payloads.model import Content, ModelReply
from emulators.gemini import answers
from emulators.gemini.answers import Answer

MODEL = "gemini-3.8-flash"
NO_PARAMETERS = {"name": "get_ip_address", "description": "Says the address."}
ALERTS = {
    "name": "get_weather_alerts",
    "description": "Says what is coming.",
    "parametersJsonSchema": {"type": "object", "properties": {"state": {"type": "string"}}, "required": ["state"]},
}
HI: Content = {"role": "user", "parts": [{"text": "hi"}]}
QUESTION = Question(MODEL, "Be kind.", [HI], [NO_PARAMETERS, ALERTS])
ONE_CALL = answers.calls(("get_ip_address", {}))


@asynccontextmanager
async def gemini_at(
    base_url: str, *, version: str = "v1", gemini_timeout: timedelta = timedelta(seconds=60), **options: Any
) -> AsyncIterator[Gemini]:
    """An adapter with a client of its own, which is closed at the end. `options` are those of `Gemini`."""
    gemini = Gemini(make_client("test-key", base_url, version, gemini_timeout), **options)
    try:
        yield gemini
    finally:
        await gemini.close()


def responses(reply: ModelReply) -> Content:
    """The entry that answers each call of the reply."""
    answered = [{"id": call.id, "name": call.name, "response": {"output": 1}} for call in reply.calls]
    return {"role": "user", "parts": [{"functionResponse": response} for response in answered]}


def after(reply: ModelReply, question: Question = QUESTION) -> Question:
    """The question that follows when the calls of the reply have been made."""
    assert reply.content is not None
    return replace(question, contents=[*question.contents, reply.content, responses(reply)])


async def failure(gemini: Gemini, question: Question = QUESTION) -> ApplicationError:
    """The error that the question is answered with."""
    with pytest.raises(ApplicationError) as raised:
        await gemini.ask(question)
    return raised.value


def candidate(*parts: dict[str, Any], **fields: Any) -> Answer:
    """A response with these parts, as they are; `fields` stand beside its content."""
    return answers.raw({"candidates": [{"content": {"role": "model", "parts": list(parts)}, **fields}]})
