"""The only module that knows google-genai: a question goes out, a reply or a translated error comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import aiohttp
from google import genai
from google.genai import types
from google.genai.errors import APIError
from temporalio.exceptions import ApplicationError

from agent_worker.gemini.errors import from_answer, is_about_signatures
from agent_worker.gemini.prompts import SUMMARISE, TITLE, TITLE_TOKENS, TITLED_CHARACTERS, lines_of, title_in
from agent_worker.gemini.reply import MISSING_SIGNATURE, judge
from agent_worker.gemini.request import Question, body, without_signatures
from agent_worker.gemini.stream import Assembly
from agent_worker.payloads import errors
from agent_worker.payloads.model import LONGEST_STREAM, Content, ModelReply

SHORTEST_TIMEOUT = timedelta(seconds=10)  # the API refuses a shorter deadline

NOTHING = types.Content()  # in the place of the contents: the SDK wants some, and has the least work with this

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Hears the visible text of an answer while it is written."""

    def add(self, text: str) -> None:
        """Takes the next piece of the text."""

    def take_back(self) -> None:
        """All text so far is void: the question is asked anew."""


def make_client(api_key: str, base_url: str | None, api_version: str, timeout: timedelta) -> genai.Client:
    """One for the whole process: it costs 100 ms. Never tries twice; raises ValueError for a timeout below 10 s."""
    if timeout < SHORTEST_TIMEOUT:
        raise ValueError(f"Gemini refuses a timeout below {SHORTEST_TIMEOUT.total_seconds():.0f} s")
    return genai.Client(
        vertexai=False,
        api_key=api_key,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=api_version,
            # Of the whole answer, which may take long as long as it goes on; silence is watched for in Gemini.ask.
            timeout=int(timeout.total_seconds() * LONGEST_STREAM * 1000),
            # Left out, the SDK sleeps for seconds after a lost connection and asks a second time.
            retry_options=types.HttpRetryOptions(attempts=1),
        ),
    )


class Gemini:
    """Asks the model, once for each call of a method: who retries is Temporal.

    Errors are ApplicationErrors with a code of agent_worker.errors, final or with the delay that Gemini names.
    """

    def __init__(
        self,
        client: genai.Client,
        *,
        max_output_tokens: int = 8_192,
        longest_silence: timedelta = timedelta(seconds=60),
    ) -> None:
        self._client = client
        self._max_output_tokens = max_output_tokens
        self._longest_silence = longest_silence.total_seconds()

    async def ask(self, question: Question, listener: Listener | None = None) -> ModelReply:
        """The model's reply. If Gemini refuses the thought signatures, it is asked once more without them."""
        with _translated_errors():
            reply = await self._ask_unless_signatures_refused(question, listener)
            if reply is None:
                _log.warning("gemini refused thought signatures", extra={"model": question.model})
                if listener is not None:
                    listener.take_back()
                reply = await self._ask(replace(question, contents=without_signatures(question.contents)), listener)
            return reply

    async def title(self, model: str, message: str) -> str:
        """A few words that name a conversation which begins with this message; as cheaply as the model allows."""
        asked: Content = {"role": "user", "parts": [{"text": message[:TITLED_CHARACTERS]}]}
        question = Question(model, TITLE, [asked], may_call_tools=False, max_output_tokens=TITLE_TOKENS)
        title = title_in(await self._text(question, "title"))
        if not title:
            raise errors.retryable(errors.UNUSABLE_ANSWER, "title: nothing to read")
        return title

    async def summarise(self, model: str, contents: Sequence[Content]) -> str:
        """The conversation as a compact plain text, for later context; retryable when nothing usable came."""
        said: Content = {"role": "user", "parts": [{"text": "\n".join(lines_of(contents))}]}
        return await self._text(Question(model, SUMMARISE, [said], may_call_tools=False), "summary")

    async def _text(self, question: Question, purpose: str) -> str:
        """The text of an answer that has to be one."""
        with _translated_errors():
            reply = await self._ask(question)
        if reply.failed:
            raise errors.final(reply.failed, purpose)
        if reply.unusable:
            raise errors.retryable(errors.UNUSABLE_ANSWER, f"{purpose}: {reply.unusable}")
        return reply.text

    async def close(self) -> None:
        """Closes the connections; the client cannot be used afterwards."""
        await self._client.aio.aclose()
        self._client.close()

    async def _ask_unless_signatures_refused(self, question: Question, listener: Listener | None) -> ModelReply | None:
        try:
            reply = await self._ask(question, listener)
        except APIError as error:
            if is_about_signatures(error.code, error.details):
                return None
            raise
        return None if reply.unusable == MISSING_SIGNATURE else reply

    async def _ask(self, question: Question, listener: Listener | None = None) -> ModelReply:
        assembly = Assembly()
        async for chunk in self._chunks(question):
            text = assembly.add(chunk)
            if listener is not None and text:
                listener.add(text)
        response = assembly.response()
        if response and not assembly.is_complete:  # an answer without an end: the connection was closed in its middle
            raise errors.retryable(errors.MODEL_UNAVAILABLE, "the answer was cut short")
        return judge(response, may_call_tools=question.may_call_tools)

    async def _chunks(self, question: Question) -> AsyncIterator[dict[str, Any]]:
        """The answer's chunks as JSON; raises TimeoutError when none comes for too long."""
        async with asyncio.timeout(self._longest_silence) as silence:
            stream = await self._client.aio.models.generate_content_stream(
                model=question.model, contents=NOTHING, config=self._config(question)
            )
            async for chunk in stream:
                silence.reschedule(asyncio.get_running_loop().time() + self._longest_silence)
                yield chunk.model_dump(
                    mode="json",
                    by_alias=True,
                    exclude_none=True,
                    include={"candidates", "prompt_feedback", "usage_metadata"},
                )

    def _config(self, question: Question) -> types.GenerateContentConfigDict:
        """A dict, because the SDK makes a deep copy of any other, and with it of the whole conversation."""
        return {
            # Both would make several billed requests inside one Temporal activity.
            "automatic_function_calling": {"disable": True},
            "automatic_continuation": False,
            # All the rest goes past the SDK, which would check and convert each entry of the conversation and each
            # declaration anew for each question: in a long one that takes longer than all else.
            "http_options": {"extra_body": body(question, self._max_output_tokens)},
        }


@contextmanager
def _translated_errors() -> Iterator[None]:
    """What the SDK raises, as our errors, without its cause: that repeats what was sent, and may name the key."""
    try:
        yield
    except ApplicationError:
        raise
    except APIError as error:
        headers = getattr(error.response, "headers", None) or {}
        raise from_answer(error.code, error.details, headers.get("Retry-After")) from None
    # OSError: timeouts are among them. ValueError: an answer that is no JSON, or none that the SDK can read.
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise errors.retryable(errors.MODEL_UNAVAILABLE, type(error).__name__) from None
