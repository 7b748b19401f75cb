"""Gemini and the services of the tools are real or stand-ins, and can be exchanged or taken away at any time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest

from agent_worker.activities.call_origin import HEADER, CallOrigin
from emulators.gemini.answers import text
from emulators.gemini.emulator import GeminiEmulator
from emulators.world.emulator import WorldEmulator
from playground.page.surroundings import Model, Surroundings
from playground.services import KEPT_REQUESTS, OutsideServices

QUESTION = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
PATH = "/v1/models/gemini-3.8-flash:generateContent"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@asynccontextmanager
async def opened_services(
    around: Surroundings, given: Mapping[str, str] | None = None
) -> AsyncIterator[OutsideServices]:
    async with AsyncExitStack() as stack:
        made = OutsideServices(given or {}, around)
        await made.open(stack)
        yield made


async def status_of(session: aiohttp.ClientSession, url: str, key: str) -> int:
    async with session.post(url + PATH, json=QUESTION, headers={"x-goog-api-key": key}) as answer:
        return answer.status


async def test_without_a_key_the_model_is_scripted_and_goes_away_as_gemini_does(session: aiohttp.ClientSession) -> None:
    around = Surroundings()
    async with opened_services(around) as made:
        url, key = made.environment["GOOGLE_GEMINI_BASE_URL"], made.environment["GOOGLE_API_KEY"]
        there = await status_of(session, url, key)
        await around.go_away["gemini"](True)  # noqa: FBT003
        away = await status_of(session, url, key)
        await around.go_away["gemini"](False)  # noqa: FBT003

        assert (there, away, await status_of(session, url, key)) == (200, 503, 200)


async def test_with_a_key_the_way_to_the_real_gemini_can_be_cut(session: aiohttp.ClientSession) -> None:
    async with GeminiEmulator(api_key="mine") as gemini:
        around = Surroundings(model="real")
        gemini.script(text("Hello."))
        async with opened_services(around, {"GOOGLE_GEMINI_BASE_URL": gemini.base_url}) as made:
            url = made.environment["GOOGLE_GEMINI_BASE_URL"]
            await around.go_away["gemini"](True)  # noqa: FBT003
            with pytest.raises(aiohttp.ClientError):
                await status_of(session, url, "mine")
            await around.go_away["gemini"](False)  # noqa: FBT003

            assert await status_of(session, url, "mine") == 200
            assert "GOOGLE_API_KEY" not in made.environment


async def test_what_is_asked_of_the_real_gemini_is_noted_as_well(session: aiohttp.ClientSession) -> None:
    async with GeminiEmulator(api_key="mine") as gemini:
        around = Surroundings(model="real")
        gemini.script(text("Hello."))
        async with opened_services(around, {"GOOGLE_GEMINI_BASE_URL": gemini.base_url}) as made:
            headers = {"x-goog-api-key": "mine", HEADER: CallOrigin("run", "7", 1, "slack:T1:C1:1.0").written()}
            url = made.environment["GOOGLE_GEMINI_BASE_URL"] + PATH
            async with session.post(url, json=QUESTION, headers=headers) as answer:
                answered = await answer.read()

    (noted,) = around.log.gemini.of("run", "7")
    assert (json.loads(noted.request), bytes(noted.answer)) == (QUESTION, answered)
    assert HEADER.lower() not in gemini.requests[0].headers  # it does not leave the machine


async def test_the_services_are_exchanged_while_the_worker_runs(session: aiohttp.ClientSession) -> None:
    around = Surroundings()
    async with (
        WorldEmulator(public_ip="11.1.1.1") as real,
        opened_services(around, {"IP_ADDRESS_URL": real.ip_address_url}) as made,
    ):
        assert around.use_services is not None
        url, told = made.environment["IP_ADDRESS_URL"], []
        for which in ("sample", "real", "sample"):
            around.use_services("real" if which == "real" else "sample")
            async with session.get(url) as answer:
                told.append((await answer.text()).strip() == real.public_ip)

    assert told == [False, True, False]
    assert around.services == "sample"


async def test_the_helpdesk_is_the_sample_one_unless_another_is_set_up(session: aiohttp.ClientSession) -> None:
    around, body = Surroundings(), {"title": "x", "description": "", "queue": "it", "priority": "low"}
    async with (
        WorldEmulator() as real,
        opened_services(around) as made,
        opened_services(Surroundings(services="real"), {"HELPDESK_API_URL": real.helpdesk_api_url}) as others,
    ):
        assert around.use_services is not None
        for opened in (made, others):
            around.use_services("real")
            url = opened.environment["HELPDESK_API_URL"] + "/tickets"
            async with session.post(url, json=body, headers={"Idempotency-Key": "1"}) as answer:
                assert answer.status == 201

        assert (len(made._world.tickets), len(real.tickets), others._world.tickets) == (1, 1, [])


async def test_the_services_of_the_tools_go_away_and_come_back(session: aiohttp.ClientSession) -> None:
    around = Surroundings()
    async with opened_services(around) as made:
        url = made.environment["WEATHER_API_URL"] + "/alerts/active/area/NY"
        await around.go_away["tools"](True)  # noqa: FBT003
        with pytest.raises(aiohttp.ClientError):
            await session.post(url)
        await around.go_away["tools"](False)  # noqa: FBT003

        async with session.get(url, headers={"User-Agent": "test"}) as answer:
            assert (await answer.json())["type"] == "FeatureCollection"


@pytest.mark.parametrize(("model", "notes"), [("scripted", 2), ("real", 1)])
def test_what_is_not_real_is_said(model: Model, notes: int) -> None:
    around = Surroundings(model=model)

    assert len(around.notes) == notes
    around.services = "real"
    assert len(around.notes) == notes - 1


async def test_old_records_of_requests_are_dropped(session: aiohttp.ClientSession) -> None:
    async with opened_services(Surroundings()) as made:
        gemini = made._gemini
        assert gemini is not None
        await status_of(session, gemini.base_url, gemini.api_key)
        gemini.requests *= KEPT_REQUESTS + 1

        made.forget()

        assert len(gemini.requests) == KEPT_REQUESTS
