"""The module that knows google-genai: it sends a question and returns a reply or raises a translated error."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import aiohttp
from google import genai
from google.genai import types
from google.genai.errors import APIError
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from agent_worker.conversation.transcript.signatures import without_signatures
from agent_worker.conversation.wording import model_form
from agent_worker.gemini.bill import Bill
from agent_worker.gemini.errors import from_answer, is_about_signatures
from agent_worker.gemini.prompts import SUMMARISE, TITLE, TITLE_TOKENS, TITLED_CHARACTERS, lines_of, title_in
from agent_worker.gemini.reply import MISSING_SIGNATURE, judge
from agent_worker.gemini.request import Question, body
from agent_worker.gemini.stream import Assembly
from agent_worker.payloads import errors
from agent_worker.payloads.model import LONGEST_STREAM, Content, ModelReply

SHORTEST_TIMEOUT = timedelta(seconds=10)  # the API refuses a shorter deadline
# OSError includes timeouts. ValueError: an answer that is no JSON, or (ValidationError) that the SDK cannot read.
_NO_ERROR_ANSWER = (aiohttp.ClientError, OSError, ValueError)
_UNBILLED = (APIError, aiohttp.ClientConnectorError)
# Gemini is not away if it has answered any question so recently.
RECENT = timedelta(minutes=1)
NOTHING = types.Content()  # the SDK insists on contents; the real ones are in the request's body (see `_config`)

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Receives the visible text of an answer while Gemini writes it."""

    def add(self, text: str) -> None:
        """Adds `text` to the answer so far."""

    def take_back(self) -> None:
        """Cancels all text so far: the question is asked again, and its answer begins anew."""


def make_client(api_key: str, base_url: str | None, api_version: str, gemini_timeout: timedelta) -> genai.Client:
    """Makes a client that sends each request once. Making one takes 100 ms, so a process makes one for everything.

    `gemini_timeout` is how long Gemini may be silent; raises ValueError below 10 s, which Gemini would refuse.
    """
    if gemini_timeout < SHORTEST_TIMEOUT:
        raise ValueError(f"Gemini refuses a timeout below {SHORTEST_TIMEOUT.total_seconds():.0f} s")
    return genai.Client(
        vertexai=False,
        api_key=api_key,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=api_version,
            # In milliseconds, for the whole answer, which may be long as long as it goes on. `_chunks` ends silence.
            timeout=int(gemini_timeout.total_seconds() * LONGEST_STREAM * 1000),
            # Without this the SDK sleeps for seconds after a lost connection and asks a second time.
            retry_options=types.HttpRetryOptions(attempts=1),
        ),
    )


class Gemini:
    """Asks the model. Temporal retries, not this class: each method asks once.

    Methods raise ApplicationError with a code of `payloads.errors`: final, or retryable with the delay that Gemini
    names. The caller bounds the attempts after a retryable error (`errors.has_failed_often`).
    `gemini_timeout` is how long Gemini may be silent before and during an answer. `bill` is told what each request has
    used. `headers` are asked for with each
    request, which carries them.
    """

    def __init__(
        self,
        client: genai.Client,
        *,
        max_output_tokens: int = 8_192,
        gemini_timeout: timedelta = timedelta(seconds=60),
        headers: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        self._client = client
        self._headers = headers
        self._max_output_tokens = max_output_tokens
        self._gemini_timeout = gemini_timeout
        self._answered_at = -math.inf  # by the process's own clock, in seconds

    @property
    def has_just_answered(self) -> bool:
        """Whether this process has had a whole answer to any question within the last minute."""
        return time.monotonic() - self._answered_at < RECENT.total_seconds()

    @property
    def max_output_tokens(self) -> int:
        """How many tokens one answer usually may have."""
        return self._max_output_tokens

    async def ask(self, question: Question, listener: Listener | None = None, bill: Bill | None = None) -> ModelReply:
        """The model's reply. If Gemini refuses the thought signatures, asks once more without them."""
        with _translated_errors():
            reply = await self._ask_unless_signatures_refused(question, listener, bill)
            if reply is None:
                _log.warning("gemini refused thought signatures", extra={"model": question.model})
                if listener is not None:
                    listener.take_back()
                unsigned = replace(question, contents=without_signatures(question.contents))
                reply = await self._ask(unsigned, listener, bill)
            return reply

    async def ask_untranslated(self, question: Question) -> ModelReply:
        """As `ask`, but raises what the SDK raises, which may quote the request and the key: for the doctor."""
        return await self._ask(question)

    async def title(self, model: str, message: str, bill: Bill | None = None) -> str:
        """A title of a few words for a conversation that begins with this message; costs few tokens."""
        asked: Content = {"role": "user", "parts": [{"text": model_form.line(text=message[:TITLED_CHARACTERS])}]}
        question = Question(model, TITLE, [asked], may_call_tools=False, max_output_tokens=TITLE_TOKENS)
        title = title_in(await self._text(question, "title", bill))
        if not title:
            raise errors.final(errors.UNUSABLE_ANSWER, "title: nothing to read")
        return title

    async def summarise(self, model: str, contents: Sequence[Content], bill: Bill | None = None) -> str:
        """A summary of the conversation as plain text.

        Asks a second time, with more room, if the first answer cannot be used; then the error is final, because the
        same question would be answered the same way for ever.
        """
        said: Content = {"role": "user", "parts": [{"text": "\n".join(lines_of(contents))}]}
        question = Question(model, SUMMARISE, [said], may_call_tools=False)
        try:
            return await self._text(question, "summary", bill)
        except ApplicationError as error:
            if error.type != errors.UNUSABLE_ANSWER:
                raise
        return await self._text(replace(question, more_room=True), "summary", bill)

    async def _text(self, question: Question, purpose: str, bill: Bill | None) -> str:
        """The text of the answer; raises ApplicationError if there is none. `purpose` is for the log."""
        with _translated_errors():
            reply = await self._ask(question, bill=bill)
        if reply.failed:
            raise errors.final(reply.failed, purpose)
        if reply.unusable:
            raise errors.final(errors.UNUSABLE_ANSWER, f"{purpose}: {reply.unusable}")
        return reply.text

    async def close(self) -> None:
        """Closes the connections. The client cannot be used afterwards."""
        await self._client.aio.aclose()
        self._client.close()

    async def _ask_unless_signatures_refused(
        self, question: Question, listener: Listener | None, bill: Bill | None
    ) -> ModelReply | None:
        """The reply, or None if Gemini refuses the thought signatures of the question."""
        try:
            reply = await self._ask(question, listener, bill)
        except APIError as error:
            if is_about_signatures(error.code, error.details):
                return None
            raise
        return None if reply.unusable == MISSING_SIGNATURE else reply

    async def _ask(self, question: Question, listener: Listener | None = None, bill: Bill | None = None) -> ModelReply:
        assembly = Assembly()
        try:
            with _billed(bill, question.model, assembly):
                async for chunk in self._chunks(question):
                    text = assembly.add(chunk)
                    if listener is not None and text:
                        listener.add(text)
        except _NO_ERROR_ANSWER as error:
            if assembly.response() or isinstance(error, ValidationError):
                raise errors.retryable(errors.BROKEN_ANSWER, type(error).__name__) from None
            raise
        if assembly.response() and not assembly.is_complete:
            raise errors.retryable(errors.BROKEN_ANSWER, "the answer ends without a finish reason")
        self._answered_at = time.monotonic()
        reply = judge(assembly.response(), may_call_tools=question.may_call_tools)
        if reply.failed:
            _log.warning("gemini blocked a prompt or an answer", extra={"model": question.model, "code": reply.failed})
        return reply

    async def _chunks(self, question: Question) -> AsyncIterator[dict[str, Any]]:
        """The answer's chunks as JSON; raises TimeoutError when none comes for `gemini_timeout`."""
        seconds = self._gemini_timeout.total_seconds()
        async with asyncio.timeout(seconds) as silence:
            stream = await self._client.aio.models.generate_content_stream(
                model=question.model, contents=NOTHING, config=self._config(question)
            )
            async for chunk in stream:
                silence.reschedule(asyncio.get_running_loop().time() + seconds)
                yield chunk.model_dump(
                    mode="json",
                    by_alias=True,
                    exclude_none=True,
                    include={"candidates", "prompt_feedback", "usage_metadata"},
                )

    def _config(self, question: Question) -> types.GenerateContentConfigDict:
        """As a dict: the SDK would make a deep copy of a config object, and with it of the whole conversation."""
        return {
            # Either of these two would make several billed requests inside one Temporal activity.
            "automatic_function_calling": {"disable": True},
            "automatic_continuation": False,
            # The body bypasses the SDK, which would check and convert the whole conversation for each question: in a
            # long conversation (200 turns) that takes 131 ms of a turn, without it 4 ms (docs/benchmarks.md).
            "http_options": {
                "headers": dict(self._headers()) if self._headers else {},
                "extra_body": body(question, self._max_output_tokens),
            },
        }


@contextmanager
def _billed(bill: Bill | None, model: str, assembly: Assembly) -> Iterator[None]:
    """Notes what the request has used, also if it is cancelled. Gemini bills none that it answers with an error."""
    try:
        yield
    except BaseException as error:
        is_free = isinstance(error, _UNBILLED) and not assembly.response()
        if bill is not None and not is_free:
            bill.note(model, assembly.response(), is_whole=False)
        raise
    if bill is not None:
        bill.note(model, assembly.response(), is_whole=assembly.is_complete)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raises our errors in place of the SDK's. Drops the cause: it may contain the request or the key."""
    try:
        yield
    except ApplicationError:
        raise
    except APIError as error:
        headers = getattr(error.response, "headers", None) or {}
        raise from_answer(error.code, error.details, headers.get("Retry-After")) from None
    except _NO_ERROR_ANSWER as error:
        raise errors.retryable(errors.MODEL_UNAVAILABLE, type(error).__name__) from None
