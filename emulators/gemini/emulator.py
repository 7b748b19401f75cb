"""Gemini's HTTP protocol on 127.0.0.1, answering from a script and refusing what Gemini refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from random import Random
from types import TracebackType
from typing import Self

from aiohttp import web

from emulators.gemini import errors, faults, titles
from emulators.gemini.answers import Answer, Predicate, Said, When, when
from emulators.gemini.holds import HeldAnswer, HeldStream, StoppingStream
from emulators.gemini.request import ModelRequest, received
from emulators.gemini.response_body import BodyWriter
from emulators.gemini.rules.requests import check_request
from emulators.gemini.rules.turns import check_turns
from emulators.gemini.script import Answering, Script
from emulators.gemini.signatures import Signatures
from emulators.gemini.transmission import Sender
from emulators.server import Server

_MODELS = """gemini-4-hydrogen gemini-4-argon gemini-4-carbon gemini-3.8-flash gemini-3.6-flash gemini-3.5-flash-lite
 gemini-3.1-pro-preview gemini-3-flash-preview gemini-2.5-pro gemini-2.5-flash
 gemini-flash-latest gemini-flash-lite-latest gemini-pro-latest"""
METHODS = ("generateContent", "streamGenerateContent")
LARGEST_REQUEST = 20 * 1024 * 1024  # bytes
_PATH = "/{version:v1|v1beta}/models/{model:[^/:]+}:{method:[A-Za-z]+}"


class GeminiEmulator:
    """`async with GeminiEmulator() as gemini:` runs it at `gemini.base_url`.

    `requests` has every request that was understood, also if it was refused; `refusals` says why some were refused.
    `failures` are mistakes of the test or of the code under test: `assert_script_finished()` raises on them.
    `models` may be changed. `script` answers the requests for which no answer was scripted.

    Requests for a title do not use up the script and are in `title_requests`, not in `requests`. Their answer is
    `title_answer` or, if that is None, the first words of the text.
    """

    def __init__(self, *, port: int = 0, script: Answering | None = None, api_key: str = "test-key") -> None:
        self.api_key = api_key
        self.models = set(_MODELS.split())
        self.requests: list[ModelRequest] = []
        self.title_requests: list[ModelRequest] = []
        self.title_answer: Answer | None = None
        self.refusals: list[str] = []
        self.failures: list[str] = []
        self._fallback = script
        self._script = Script()
        self._signatures = Signatures()
        self._sender = Sender(BodyWriter(self._signatures, Random(0)))
        self._is_away = False
        self._arrival = asyncio.Condition()
        # A caller that hangs up ends the handler: that is how an abandoned request is noticed.
        self._server = Server(
            port,
            [("POST", _PATH, self._handle)],
            application=web.Application(client_max_size=LARGEST_REQUEST),
            cancels_handlers=True,
            shutdown_seconds=0.1,
        )

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._server.stop()

    @property
    def base_url(self) -> str:
        return self._server.address

    # What a test says

    def script(self, *answers: Answer | When) -> None:
        """Append answers, one for each request in the order of their arrival."""
        for answer in answers:
            self._script.add(answer)

    def hold(self, fits: Predicate | None = None) -> HeldAnswer:
        """Hold the next request in the script's order, or the first that fits, until the test releases it."""
        return self._script.add_held(fits)

    def hold_stream(self, answer: Said, *, after: int, fits: Predicate | None = None) -> HeldStream:
        """Script an answer, for the next request or the first that fits. Its stream stops after `after` chunks."""
        held = HeldStream()
        stopping = StoppingStream(answer, after, held, expectations=answer.expectations)
        self.script(stopping if fits is None else when(fits, stopping))
        return held

    def away(self, is_away: bool = True) -> None:  # noqa: FBT001, FBT002  reads as a switch
        """While away, answer every request with 503 and use up no scripted answer."""
        self._is_away = is_away

    async def arrived(self, count: int) -> None:
        """Return once `count` requests have arrived in all, not counting those for titles."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    def assert_script_finished(self) -> None:
        """Raise AssertionError if a request was not expected, or if an answer was not asked for."""
        unserved = [f"nobody asked for {answer!r}" for answer in self._script.unserved]
        problems = self.failures + unserved
        if problems:
            raise AssertionError("; ".join(problems))

    # What a client sees

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        try:
            request = await self._read(http)
            self._check(request)
        except errors.Refused as refusal:
            self.refusals.append(str(refusal))
            return web.json_response(refusal.body, status=refusal.status)
        try:
            return await self._sender.send(http, request, await self._next_answer(request))
        except Exception as error:
            self.failures.append(f"the answer to {_described(request)} failed: {error!r}")
            raise

    async def _read(self, http: web.Request) -> ModelRequest:
        """Record the request and return it. Raises Refused if it has no valid key or body."""
        if http.headers.get("x-goog-api-key", "") != self.api_key:
            raise errors.bad_key() if "x-goog-api-key" in http.headers else errors.no_key()
        method = http.match_info["method"]
        if method not in METHODS:
            raise errors.Refused(404, errors.error_body(404))
        try:
            body = json.loads(await http.text())
        except json.JSONDecodeError:
            body = None
        if not isinstance(body, Mapping):
            raise errors.invalid("Invalid JSON payload received. Unexpected token.")
        version, model = http.match_info["version"], http.match_info["model"]
        request = received(model, version, body, http.headers, streamed=method == "streamGenerateContent")
        await self._record(request)
        return request

    async def _record(self, request: ModelRequest) -> None:
        async with self._arrival:
            (self.title_requests if titles.asks_for_title(request) else self.requests).append(request)
            self._arrival.notify_all()

    def _check(self, request: ModelRequest) -> None:
        if self._is_away:
            raise errors.Refused(503, errors.error_body(503))
        is_beta_only = request.model.endswith("-latest")
        if request.model not in self.models or (is_beta_only and request.api_version != "v1beta"):
            raise errors.unknown_model(request.model, request.api_version)
        check_request(request)
        check_turns(request, self._signatures)

    async def _next_answer(self, request: ModelRequest) -> Answer:
        if titles.asks_for_title(request):
            return self.title_answer or titles.title(request)
        answer = self._script.take(request) or self._without_script(request)
        if isinstance(answer, HeldAnswer):
            answer = await answer.keep_waiting(request)
        complaints = filter(None, (expectation.complaint(request) for expectation in answer.expectations))
        return next((self._failure(complaint, request) for complaint in complaints), answer)

    def _without_script(self, request: ModelRequest) -> Answer:
        if self._fallback:
            return self._fallback.answer(request)
        return self._failure("nothing in the script for it", request)

    def _failure(self, problem: str, request: ModelRequest) -> Answer:
        """Note the mistake, and answer with 500."""
        failure = f"{problem}: {_described(request)}"
        self.failures.append(failure)
        return faults.error(500, failure)


def _described(request: ModelRequest) -> str:
    return (
        f"request to {request.model} with {len(request.contents)} contents, the last text {request.last_text[-80:]!r}"
    )
