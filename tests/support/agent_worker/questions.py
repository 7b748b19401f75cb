"""What tests ask Gemini, and what they make of its replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.gemini.client import Gemini
from agent_worker.gemini.request import Question
from agent_worker.payloads.model import Content, ModelReply
from emulators.gemini import answers
from emulators.gemini.answers import Answer

MODEL = "gemini-3.8-flash"
SECONDS = timedelta(seconds=60)
NO_PARAMETERS = {"name": "get_ip_address", "description": "Says the address."}
ALERTS = {
    "name": "get_weather_alerts",
    "description": "Says what is coming.",
    "parametersJsonSchema": {"type": "object", "properties": {"state": {"type": "string"}}, "required": ["state"]},
}
HI: Content = {"role": "user", "parts": [{"text": "hi"}]}
QUESTION = Question(MODEL, "Be kind.", [HI], [NO_PARAMETERS, ALERTS])
ONE_CALL = answers.calls(("get_ip_address", {}))


def responses(reply: ModelReply) -> Content:
    answered = [{"id": call.id, "name": call.name, "response": {"output": 1}} for call in reply.calls]
    return {"role": "user", "parts": [{"functionResponse": response} for response in answered]}


def after(reply: ModelReply, question: Question = QUESTION) -> Question:
    """The question that follows when the calls of the reply have been made."""
    assert reply.content is not None
    return replace(question, contents=[*question.contents, reply.content, responses(reply)])


async def failure(gemini: Gemini, question: Question = QUESTION) -> ApplicationError:
    with pytest.raises(ApplicationError) as raised:
        await gemini.ask(question)
    return raised.value


def candidate(*parts: dict[str, Any], **fields: Any) -> Answer:
    return answers.raw({"candidates": [{"content": {"role": "model", "parts": list(parts)}, **fields}]})
