"""Gemini and the services of the tools: each is real or a stand-in, and is reached through a relay."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from emulators.gemini.emulator import GeminiEmulator
from emulators.world.emulator import WorldEmulator
from playground.page.surroundings import Services, Surroundings
from playground.relay import Relay
from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.own_answers.answers_file import AnswersFile

MODEL_DELAY = 0.8  # seconds before an answer of the scripted model, so that a person can watch it
MODEL_PAUSE = 0.04  # seconds between two of its words
KEPT_REQUESTS = 200  # records of requests that are kept
GEMINI = "GOOGLE_GEMINI_BASE_URL"
REAL_GEMINI = "https://generativelanguage.googleapis.com"
REAL_SERVICES = {
    "WEATHER_API_URL": "https://api.weather.gov",
    "IP_ADDRESS_URL": "https://icanhazip.com",
    "GEOLOCATION_URL": "https://ipwho.is",
}
HELPDESK = "HELPDESK_API_URL"  # there is no real one that everybody could use
SERVICES = (*REAL_SERVICES, HELPDESK)


class OutsideServices:
    """`open` starts the stand-ins and the relay. Then `environment` holds the settings that lead the worker there.

    `given` is the user's environment. Addresses of real services that are set in it are used. `answers` is a file with
    answers for the scripted model.
    """

    def __init__(self, given: Mapping[str, str], surroundings: Surroundings, answers: Path | None = None) -> None:
        self._given = given
        self._answers = answers
        self._surroundings = surroundings
        self._world = WorldEmulator()
        self._gemini: GeminiEmulator | None = None
        self.environment: dict[str, str] = {}

    async def open(self, stack: AsyncExitStack) -> None:
        await stack.enter_async_context(self._world)
        if self._surroundings.model == "scripted":
            own = AnswersFile(self._answers) if self._answers else None
            model = ScriptedModel(MODEL_DELAY, MODEL_PAUSE, own=own)
            self._gemini = GeminiEmulator(script=model, api_key=secrets.token_urlsafe())
            await stack.enter_async_context(self._gemini)
            self.environment["GOOGLE_API_KEY"] = self._gemini.api_key
        self._relay = await stack.enter_async_context(Relay(self._targets(), gemini=GEMINI, log=self._surroundings.log))
        self.environment |= {name: self._relay.address(name) for name in self._relay.targets}
        self._surroundings.use_services = self._use_services
        self._surroundings.go_away |= {"gemini": self._take_gemini_away, "tools": self._take_tools_away}

    def forget(self) -> None:
        """Drops old records of requests, which the emulators make for tests."""
        del self._world.calls[:-KEPT_REQUESTS]
        for record in (self._gemini.requests, self._gemini.title_requests) if self._gemini else ():
            del record[:-KEPT_REQUESTS]

    def _targets(self) -> dict[str, str]:
        gemini = self._gemini.base_url if self._gemini else self._given.get(GEMINI) or REAL_GEMINI
        return {GEMINI: gemini, **self._services(self._surroundings.services)}

    def _services(self, which: Services) -> dict[str, str]:
        world = self._world
        addresses = (world.weather_api_url, world.ip_address_url, world.geolocation_url, world.helpdesk_api_url)
        sample = dict(zip(SERVICES, addresses, strict=True))
        if which == "sample":
            return sample
        return {name: self._given.get(name) or REAL_SERVICES.get(name, sample[name]) for name in SERVICES}

    def _use_services(self, which: Services) -> None:
        self._surroundings.services = which
        self._relay.targets |= self._services(which)

    async def _take_gemini_away(self, is_away: bool) -> None:  # noqa: FBT001  a GoAway takes one value
        """The stand-in answers 503 as long as it is away; connections to the real Gemini are cut."""
        if self._gemini:
            self._gemini.away(is_away)
        else:
            self._cut_off(is_away, [GEMINI])

    async def _take_tools_away(self, is_away: bool) -> None:  # noqa: FBT001  a GoAway takes one value
        self._cut_off(is_away, list(SERVICES))

    def _cut_off(self, is_away: bool, names: list[str]) -> None:  # noqa: FBT001  as above
        (self._relay.away.update if is_away else self._relay.away.difference_update)(names)
