"""Promises of the tools: for any arguments and any answer of a service, the model reads a result or a short error."""

from __future__ import annotations

import json
import re
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, HttpUrl

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.definition import LONGEST_TITLE
from agent_worker.toolbox.open_toolbox import LONGEST_ERROR, OpenToolbox
from agent_worker.toolbox.tool import ToolUnavailableError, tool
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import HelpdeskSettings
from agent_worker.tools.ip_address import IpAddressSettings
from agent_worker.tools.location import LocationSettings
from agent_worker.tools.weather_alerts import AREAS, WeatherSettings
from tests.support.examples import examples
from tests.support.properties.strategies import hostile_text, json_objects, json_values, long_text, nested

SETTINGS = (
    WeatherSettings(weather_api_url=HttpUrl("https://weather.test/v1")),
    IpAddressSettings(ip_address_url=HttpUrl("https://address.test/ip")),
    LocationSettings(geolocation_url=HttpUrl("https://place.test/json?key=secret")),
    HelpdeskSettings(helpdesk_api_url=HttpUrl("https://desk.test/v2?key=secret")),
)
GIVEN: dict[type, Any] = {ToolCallKey: ToolCallKey.of("workflow", "run", "1")}
ALLOWED = re.compile(
    rf"https://weather\.test/v1/alerts/active/area/(?:{'|'.join(AREAS)})"
    r"|https://address\.test/ip"
    r"|https://place\.test/json/[0-9a-f.:]{3,39}\?key=secret"
    r"|https://desk\.test/v2/tickets\?key=secret"
)
SERVICES = re.compile(r"https?:|weather\.test|address\.test|place\.test|desk\.test|secret")
PLACES = (
    *(
        "NY",
        "ny ",
        "New York",
        "XX",
        "NY/../../x",
        "NY?x=1",
        "NY#",
        "//evil.test",
        "..",
        "https://evil.test/NY",
        "N\x00Y",
    ),
    *(
        "8.8.8.8",
        " 8.8.8.8\n",
        "8.8.8.8/../x",
        "8.8.8.8@evil.test",
        "10.0.0.1",
        "0x8.8.8.8",
        "\uff18.8.8.8",
        "134744072",
    ),
    *("2001:4860:4860::8888", "2001:4860:4860::8888%/../x", "::ffff:8.8.8.8", "::1", "[2001:4860:4860::8888]"),
)
TOOLS = ["get_weather_alerts", "get_ip_address", "get_location_info", "file_ticket"]
ARGUMENTS = (
    st.sampled_from(
        ["state", "ipaddress", "title", "description", "queue", "priority", "call", "http", "settings", "__class__"]
    )
    | hostile_text
)
arguments = json_objects(ARGUMENTS, inner=st.sampled_from(PLACES) | json_values | long_text) | json_values
unhurried = settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))


class Services(httpx.AsyncBaseTransport):
    """Every service in the world: notes each request, and gives all of them the same answer."""

    def __init__(self, answer: object) -> None:
        self.asked: list[str] = []
        self._answer = json.dumps(answer).encode()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(200, content=self._answer)


class Unit(StrEnum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


class Stay(BaseModel):
    """A place and the days there."""

    place: str
    days: list[date] = []


@tool(title=lambda text, unit: f"{text} in {unit}", summary="everything")
async def everything(  # noqa: PLR0917
    text: Annotated[str, Field(min_length=1, max_length=50)],
    count: Annotated[int, Field(ge=0, le=9)] = 1,
    share: float = 0.5,
    unit: Unit = Unit.CELSIUS,
    stays: list[Stay] | None = None,
    mode: Literal["fast", "slow"] = "fast",
    more: dict[str, int] | None = None,
    anything: Any = None,
) -> Any:
    """Take an argument of each kind."""
    return [text, count, str(share), unit, str(stays), mode, more, anything]


@tool(title="Nothing", summary="nothing")
async def nothing() -> str:
    """Take no argument."""
    return "done"


NAMES = st.sampled_from(["text", "count", "share", "unit", "stays", "mode", "more", "anything", "surprise"])
LIKELY = st.sampled_from(
    ["a", "\ud800", "celsius", "fast", 3, -1, 10**400, 0.5, "1e999", [{"place": "Oslo"}], {"a": 1}]
)
any_arguments = json_objects(NAMES | hostile_text, inner=LIKELY | json_values | long_text) | json_values


discovered = cache(Toolbox.discover)


@cache
def sample() -> Toolbox:
    return Toolbox([everything, nothing])


def opened(services: Services) -> OpenToolbox:
    return discovered().open(httpx.AsyncClient(transport=services), SETTINGS)


async def check(answer: dict[str, Any]) -> None:
    """Holds an answer to what the model and Temporal need: an output or an error, storable; an error is short."""
    kind = "error" if "error" in answer else "output"
    assert set(answer) - {"sources"} == {kind}
    assert (await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([answer]), [dict[str, Any]])) == [answer]
    if kind == "error":
        assert 0 < len(answer["error"]) <= LONGEST_ERROR


@given(st.sampled_from(TOOLS), arguments)
@example("get_weather_alerts", {"state": "NY"})
@example("get_location_info", {"ipaddress": "8.8.8.8"})
@example("get_location_info", {"ipaddress": "2001:4860:4860::8888%/../x"})
@example("get_location_info", {"ipaddress": "8.8.8.8", "http": None})
@example("file_ticket", {"title": "x\n", "description": "\x00", "queue": "it", "priority": "low"})
@example("file_ticket", {"title": "\ud800", "description": "", "queue": "it"})
@unhurried
async def test_no_arguments_break_a_tool_or_lead_it_elsewhere(name: str, args: Any) -> None:
    services = Services({"features": [], "city": "Oslo", "number": "IT-1", "url": "https://desk.test/IT-1"})

    answer = await opened(services).run(name, args, given=GIVEN)

    await check(answer)
    assert len(services.asked) <= 1
    assert all(ALLOWED.fullmatch(url) for url in services.asked)
    assert services.asked or "error" in answer


@given(st.sampled_from([*TOOLS, "", "get_weather", "\ud800", "x" * 5_000]), arguments)
@unhurried
async def test_an_error_names_no_address_of_a_service(name: str, args: Any) -> None:
    answer = await opened(Services([])).run(name, args)

    asked_for = json.dumps([name, args], ensure_ascii=False)
    assert [found for found in SERVICES.findall(str(answer)) if found not in asked_for] == []


ALERT_FIELDS = st.sampled_from(["id", "properties", "status", "event", "onset", "severity", "areaDesc", "headline"])
alerts = json_objects(
    ALERT_FIELDS, inner=json_values | st.just({"status": "Actual", "onset": 5, "areaDesc": "x; " * 99})
)
PLACE_FIELDS = st.sampled_from(["success", "status", "message", "city", "region", "country", "timezone", "countryCode"])
answers = (
    st.builds(lambda features: {"features": features}, st.lists(alerts | json_values, max_size=4) | json_values)
    | json_objects(st.sampled_from(["number", "url"]), inner=st.just("IT-1") | json_values | long_text)
    | json_objects(PLACE_FIELDS, inner=json_values | long_text)
    | json_values
)
GOOD: dict[str, dict[str, Any]] = {
    "get_weather_alerts": {"state": "NY"},
    "get_ip_address": {},
    "get_location_info": {"ipaddress": "8.8.8.8"},
    "file_ticket": {"title": "Printer", "description": "It is broken.", "queue": "it"},
}


@given(st.sampled_from(TOOLS), answers)
@example("get_weather_alerts", {"features": [{"properties": {"status": "Actual", "severity": []}}]})
@example("get_location_info", {"success": False, "message": {"deep": "\ud800"}})
@unhurried
async def test_no_answer_of_a_service_breaks_a_tool(name: str, answer: Any) -> None:
    await check(await opened(Services(answer)).run(name, GOOD[name], given=GIVEN))


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize("levels", [150, 300, 900])
async def test_an_answer_nested_deeply_is_an_error_or_left_out(name: str, levels: int) -> None:
    services = Services({"features": nested(levels), "message": nested(levels)})

    await check(await opened(services).run(name, GOOD[name], given=GIVEN))


async def test_an_answer_nested_so_deeply_that_python_cannot_read_it_is_an_error() -> None:
    services = Services({})
    services._answer = b"[" * 100_000

    answer = await opened(services).run("get_location_info", GOOD["get_location_info"])

    assert answer == {"error": "The geolocation service gave an answer that cannot be understood."}


@given(any_arguments)
@example({"text": "a", "anything": {"\ud800": "\udfff"}})
@example({"text": "\ud800"})
@example({"text": "a", "count": 10**400})
@example({"text": "a", "share": "nan"})
@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
async def test_arguments_of_any_kind_and_shape_fit_or_are_complained_about(args: Any) -> None:
    tools = sample().open(httpx.AsyncClient(transport=Services(None)), ())

    for name in ("everything", "nothing"):
        await check(await tools.run(name, args))
        title = sample().policy(name, args).title
        assert len(title) <= LONGEST_TITLE
        assert title.encode()


@pytest.mark.parametrize("levels", [90, 150, 199, 230, 300, 5_000])
async def test_a_result_with_more_levels_than_temporal_can_read_is_an_error(levels: int) -> None:
    tools = sample().open(httpx.AsyncClient(transport=Services(None)), ())

    answer = await tools.run("everything", {"text": "a", "anything": nested(levels)})

    await check(answer)
    assert ("output" in answer) == (levels == 90)


async def test_a_service_that_cannot_be_reached_is_named_without_its_address() -> None:
    class Away(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError(f"cannot reach {request.url}", request=request)

    tools = discovered().open(httpx.AsyncClient(transport=Away()), SETTINGS)

    for name, args in GOOD.items():
        with pytest.raises(ToolUnavailableError) as caught:
            await tools.run(name, args, given=GIVEN)
        assert not SERVICES.search(str(caught.value))
