"""A cast for conversations without end: it answers at length and keeps numbers instead of transcripts."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporalio import activity

from agent_worker.activities.transcript_cache import reader
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.payloads.model import AskModel, Content, ModelReply, Summarise, Summary
from agent_worker.payloads.opening import Opened
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Deliver
from tests.support.agent_worker.rehearsal import Cast, calls, refuse_as_gemini_would, text

CHARACTERS_PER_TOKEN = 4
MESSAGE = "So the heron waited by the water, and nobody could say for how long it had. " * 20  # 1.5 KB
TOOL_EVERY = 4  # turns


@dataclass
class Given:
    """What one model call was given, in numbers."""

    input_bytes: int
    prompt_tokens: int
    known: int


class Endless(Cast):
    """Answers every message at length, every fourth with a tool; `before_answer` happens while the model answers."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.tools["look_up"] = {"output": MESSAGE * 3}
        self.given: list[Given] = []
        self.answered_at: list[float] = []
        self.before_answer: Callable[[], Awaitable[None]] | None = None

    @activity.defn(name=ActivityName.ASK_MODEL)
    async def ask_model(self, request: AskModel) -> ModelReply:
        contents = await self._contents(request.epoch, request.known, request.new)
        refuse_as_gemini_would(contents)
        tokens = prompt_tokens(contents)
        self.given.append(Given(size_of(request.model_dump(mode="json", exclude_unset=True)), tokens, request.known))
        is_answered = "functionResponse" in contents[-1]["parts"][0]
        if not is_answered and len(self.delivered) % TOOL_EVERY == TOOL_EVERY - 1:
            return calls("look_up").model_copy(update={"prompt_tokens": tokens})
        if self.before_answer is not None:
            await self.before_answer()
        return text(MESSAGE, tokens=tokens)

    @activity.defn(name=ActivityName.SUMMARISE)
    async def summarise(self, request: Summarise) -> Summary:
        contents = await self._contents(request.epoch, request.end, [])
        refuse_as_gemini_would([*contents, {"role": "user", "parts": [{"text": "Summarise."}]}])
        self.summarised.append(request)
        return Summary(text="They talk about a heron.")

    async def _contents(self, epoch: str, known: int, new: list[Content]) -> list[Content]:
        info = activity.info()
        read_page = reader(activity.client(), info.workflow_id or "", info.workflow_run_id or "")
        return await self._transcripts.assemble(epoch, known, new, read_page)

    @activity.defn(name=ActivityName.DELIVER)
    async def deliver(self, request: Deliver) -> None:
        self.answered_at.append(time.monotonic())
        await super().deliver(request)


def prompt_tokens(contents: list[Content]) -> int:
    """As the Gemini emulator counts: a token is four characters."""
    return size_of(contents) // CHARACTERS_PER_TOKEN
