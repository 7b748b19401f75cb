"""The pretend Gemini: its HTTP protocol on 127.0.0.1, answering from a script and refusing what Gemini refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from random import Random
from types import TracebackType
from typing import Self

from aiohttp import web

from emulators.gemini import asides, bodies
from emulators.gemini.answers import Answer, Predicate, Raw, Said, Stopping, When, when
from emulators.gemini.held_streams import HeldStream
from emulators.gemini.received import ModelRequest, received
from emulators.gemini.rendering import Writer
from emulators.gemini.rules import check_request
from emulators.gemini.script import Answering, Hold, Script
from emulators.gemini.sending import Sender
from emulators.gemini.signatures import Signatures
from emulators.gemini.turns import check_turns

_MODELS = """gemini-4-hydrogen gemini-4-argon gemini-4-carbon gemini-3.8-flash gemini-3.6-flash gemini-3.5-flash-lite
 gemini-3.1-pro-preview gemini-3-flash-preview gemini-2.5-pro gemini-2.5-flash
 gemini-flash-latest gemini-flash-lite-latest gemini-pro-latest"""
MODELS = frozenset(_MODELS.split())
METHODS = ("generateContent", "streamGenerateContent")
LARGEST_REQUEST = 20 * 1024 * 1024


class GeminiEmulator:
    """`async with GeminiEmulator() as gemini:` runs it at `gemini.base_url`.

    `requests` has every request that was understood, refused ones too; `refusals` says why those were refused.
    `failures` are mistakes of the test or of the code under test: `assert_script_finished()` raises on them.
    `models` may be changed. A request for which the script has no answer goes to `fallback`, if one is given.
    Requests for a title are answered aside, without the script, and are in `asides` instead of `requests`: with the
    first words of what is to be named, or with `title_answer` while that is set.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        script: Answering | None = None,
        api_key: str = "test-key",
        models: Collection[str] = MODELS,
        seed: int = 0,
    ) -> None:
        self.api_key = api_key
        self.models = set(models)
        self.requests: list[ModelRequest] = []
        self.asides: list[ModelRequest] = []
        self.title_answer: Answer | None = None
        self.refusals: list[str] = []
        self.failures: list[str] = []
        self._port = port
        self._fallback = script
        self._script = Script()
        self._signatures = Signatures(seed)
        self._sender = Sender(Writer(self._signatures, Random(seed)))
        self._is_away = False
        self._arrival = asyncio.Condition()
        # A caller that hangs up ends the handler: what it held is then known to be abandoned.
        self._runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # What a test says

    def script(self, *answers: Answer | When) -> None:
        """Appends answers, one for each request in the order of their arrival."""
        for answer in answers:
            self._script.add(answer)

    def hold(self, fits: Predicate | None = None) -> Hold:
        """Holds the next request (in the script's order), or the first that fits, until the test releases it."""
        return self._script.add_hold(fits)

    def hold_stream(self, answer: Said, *, after: int, fits: Predicate | None = None) -> HeldStream:
        """Scripts the answer, for the next request or the first that fits; its stream stops after so many pieces."""
        held = HeldStream()
        stopping = Stopping(answer, after, held, expectations=answer.expectations)
        self.script(stopping if fits is None else when(fits, stopping))
        return held

    def away(self, is_away: bool = True) -> None:  # noqa: FBT001, FBT002  reads as a switch
        """While away every request is answered with 503, and the script does not go on."""
        self._is_away = is_away

    async def arrived(self, count: int) -> None:
        """Return once so many requests have arrived in all."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    def assert_script_finished(self) -> None:
        """Raises AssertionError when a request was not expected, or an answer was not asked for."""
        unserved = [f"nobody asked for {answer!r}" for answer in self._script.unserved]
        problems = self.failures + unserved
        if problems:
            raise AssertionError("; ".join(problems))

    # What a client sees

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=LARGEST_REQUEST)
        application.router.add_post("/{version:v1|v1beta}/models/{model:[^/:]+}:{method:[A-Za-z]+}", self._handle)
        return application

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        try:
            request = await self._read(http)
            self._check(request)
        except bodies.Refused as refusal:
            self.refusals.append(str(refusal))
            return web.json_response(refusal.body, status=refusal.status)
        try:
            return await self._sender.send(http, request, await self._next_answer(request))
        except Exception as error:
            self.failures.append(f"the answer to {_described(request)} failed: {error!r}")
            raise

    async def _read(self, http: web.Request) -> ModelRequest:
        """The request, recorded; raises Refused for what is not even one."""
        if http.headers.get("x-goog-api-key", "") != self.api_key:
            raise bodies.bad_key() if "x-goog-api-key" in http.headers else bodies.no_key()
        method = http.match_info["method"]
        if method not in METHODS:
            raise bodies.Refused(404, bodies.error_body(404))
        try:
            body = json.loads(await http.text())
        except json.JSONDecodeError:
            body = None
        if not isinstance(body, Mapping):
            raise bodies.invalid("Invalid JSON payload received. Unexpected token.")
        version, model = http.match_info["version"], http.match_info["model"]
        request = received(model, version, body, http.headers, streamed=method == "streamGenerateContent")
        await self._record(request)
        return request

    async def _record(self, request: ModelRequest) -> None:
        async with self._arrival:
            (self.asides if asides.asks_for_title(request) else self.requests).append(request)
            self._arrival.notify_all()

    def _check(self, request: ModelRequest) -> None:
        if self._is_away:
            raise bodies.Refused(503, bodies.error_body(503))
        is_beta_only = request.model.endswith("-latest")
        if request.model not in self.models or (is_beta_only and request.api_version != "v1beta"):
            raise bodies.unknown_model(request.model, request.api_version)
        check_request(request)
        check_turns(request, self._signatures)

    async def _next_answer(self, request: ModelRequest) -> Answer:
        if asides.asks_for_title(request):
            return self.title_answer or asides.title(request)
        answer = self._script.take(request)
        if answer is None:
            answer = (
                self._fallback.answer(request)
                if self._fallback
                else self._failure("nothing in the script for it", request)
            )
        if isinstance(answer, Hold):
            answer = await answer.keep_waiting(request)
        complaints = filter(None, (expectation.complaint(request) for expectation in answer.expectations))
        return next((self._failure(complaint, request) for complaint in complaints), answer)

    def _failure(self, problem: str, request: ModelRequest) -> Answer:
        failure = f"{problem}: {_described(request)}"
        self.failures.append(failure)
        return Raw(500, json.dumps(bodies.error_body(500, failure)))


def _described(request: ModelRequest) -> str:
    return (
        f"request to {request.model} with {len(request.contents)} contents, the last text {request.last_text[-80:]!r}"
    )
