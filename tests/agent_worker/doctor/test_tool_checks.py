"""Promises of the doctor about tools: each service is asked once for something small, and nothing is done by that."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import HttpUrl

from agent_worker.doctor.tool_checks import ToolChecks
from agent_worker.toolbox.tool import ToolSettings, tool
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import HelpdeskSettings
from agent_worker.tools.ip_address import IpAddressSettings
from agent_worker.tools.location import LocationSettings
from agent_worker.tools.weather_alerts import WeatherSettings
from emulators.world.emulator import WorldEmulator
from playground.temporal_server import free_port
from process.checkup.finding import Finding
from tests.support.checkup import found, states


async def looked_at(settings: list[ToolSettings], toolbox: Toolbox | None = None) -> dict[str, Finding]:
    everything = toolbox or Toolbox.discover()
    async with httpx.AsyncClient(timeout=5) as http:
        tools = everything.asking_services(everything.names())
        return await found(ToolChecks(everything, tools, settings, http).checks())


def settings_of(world: WorldEmulator, **other: str) -> list[ToolSettings]:
    return [
        WeatherSettings(weather_api_url=HttpUrl(other.get("weather", world.weather_api_url))),
        IpAddressSettings(ip_address_url=HttpUrl(world.ip_address_url)),
        LocationSettings(geolocation_url=HttpUrl(world.geolocation_url)),
        HelpdeskSettings(helpdesk_api_url=HttpUrl(other.get("helpdesk", world.helpdesk_api_url))),
    ]


async def test_each_service_is_asked_once_and_no_ticket_is_filed() -> None:
    async with WorldEmulator() as world:
        told = await looked_at(settings_of(world))

        assert len(world.calls) == len(told) == 4
        assert world.tickets == []
    assert states(told) == {
        "file_ticket": "note",
        "get_ip_address": "ok",
        "get_location_info": "ok",
        "get_weather_alerts": "ok",
    }
    assert told["file_ticket"].found == (
        "HELPDESK_API_URL answers a GET with HTTP status 404; a call was not tried, because it would do something"
    )


async def test_what_a_service_answers_is_told_with_the_setting_to_look_at() -> None:
    async with WorldEmulator() as world:
        world.fail("weather", "server_error")
        world.fail("ip_address", "garbage")
        world.fail("geolocation", "refused")
        told = await looked_at(settings_of(world, helpdesk=f"http://127.0.0.1:{free_port()}/key-4711"))

    assert set(states(told).values()) == {"failed"}
    assert "HTTP status 500" in told["get_weather_alerts"].found
    assert told["get_ip_address"].found == "The IP address service did not answer with an IP address."
    assert "could not be reached" in told["get_location_info"].found
    assert told["file_ticket"].found == "HELPDESK_API_URL cannot be reached (ConnectError)"
    assert told["get_weather_alerts"].mend.startswith("see WEATHER_API_URL ")
    assert "key-4711" not in str(told)


async def test_a_tool_whose_settings_cannot_be_read_is_left_out_and_the_others_are_tried() -> None:
    async with WorldEmulator() as world:
        told = await looked_at(settings_of(world)[1:])

    assert (told["get_weather_alerts"].state, told["get_ip_address"].state) == ("skipped", "ok")


async def test_a_tool_that_breaks_is_told_with_file_and_line_and_the_others_are_tried() -> None:
    @tool(title="Odd", summary="breaks", trial={})
    async def break_down(*, http: httpx.AsyncClient) -> Any:
        """Break down."""
        raise ZeroDivisionError("by zero")

    @tool(title="Fine", summary="works", trial={"word": "ready"})
    async def repeat(word: str, *, http: httpx.AsyncClient) -> Any:
        """Repeat a word."""
        return word

    @tool(title="Plain", summary="names no trial")
    async def keep_quiet(*, http: httpx.AsyncClient) -> Any:
        """Keep quiet."""

    told = await looked_at([], Toolbox([break_down, repeat, keep_quiet]))

    assert states(told) == {"break_down": "failed", "keep_quiet": "note", "repeat": "ok"}
    assert "test_tool_checks.py:" in told["break_down"].found
    assert "ZeroDivisionError “by zero”" in told["break_down"].found
    assert told["keep_quiet"].found == "a call was not tried, because its file names no trial"


async def test_where_no_tool_asks_a_service_nothing_is_tried() -> None:
    told = await looked_at([], Toolbox([]))

    assert [finding.found for finding in told.values()] == ["no agent uses a tool that asks a service"]


@pytest.mark.parametrize(("effect", "trial"), [("Order a cake", {"flavour": "lemon"}), ("", {"colour": "red"})])
def test_a_trial_that_would_do_something_or_does_not_fit_is_refused(effect: str, trial: dict[str, str]) -> None:
    @tool(title="Order", summary="orders", effect=effect, trial=trial)
    async def order_cake(flavour: str) -> Any:
        """Order a cake."""

    with pytest.raises(TypeError, match="trial"):
        Toolbox([order_cake])
