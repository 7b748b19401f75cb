"""Promises of the pretend world: it answers as the real services do, refuses what they refuse, and fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from emulators.world.addresses import NEW_YORK, Site
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import Service
from emulators.world.weather import sample_alerts

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SERVICES: list[Service] = ["weather", "ip_address", "geolocation", "ip_api"]


@pytest.fixture
async def world() -> AsyncIterator[WorldEmulator]:
    async with WorldEmulator(now=NOON) as world:
        yield world


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def address(world: WorldEmulator, service: Service) -> str:
    return {
        "weather": f"{world.weather_api_url}/alerts/active/area/NY",
        "ip_address": world.ip_address_url,
        "geolocation": f"{world.geolocation_url}/{NEW_YORK}",
        "ip_api": f"{world.ip_api_url}/{NEW_YORK}",
    }[service]


async def test_alerts_come_as_a_geojson_feature_collection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(address(world, "weather"))

    answer = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/geo+json; charset=utf-8")
    assert set(answer) == {"@context", "type", "features", "title", "updated"}
    assert answer["type"] == "FeatureCollection"
    for feature in answer["features"]:
        assert set(feature) == {"id", "type", "geometry", "properties"}
        assert feature["id"] == feature["properties"]["@id"]
        assert datetime.fromisoformat(feature["properties"]["sent"]) < NOON


async def test_an_area_without_alerts_has_an_empty_collection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{world.weather_api_url}/alerts/active/area/VT")

    assert response.json()["features"] == []


async def test_a_stormy_state_is_as_large_as_a_real_one(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{world.weather_api_url}/alerts/active/area/WA")

    assert len(response.content) > 200_000


def test_the_same_moment_has_the_same_weather_and_no_two_alerts_share_an_id() -> None:
    alerts = sample_alerts(NOON)

    ids = [feature["id"] for features in alerts.values() for feature in features]
    assert sample_alerts(NOON) == alerts
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/alerts/active/area/XX", 400),
        ("/alerts/active/area/ny", 400),
        ("/alerts/active/area/NY?pretty=1", 400),
        ("/alerts/active/area/NY/", 301),
        ("/alerts/active/region/NY", 404),
        ("/points/1,2", 404),
    ],
)
async def test_the_weather_service_refuses_what_the_real_one_refuses(
    world: WorldEmulator, http: httpx.AsyncClient, path: str, status: int
) -> None:
    response = await http.get(world.weather_api_url + path)

    assert response.status_code == status
    if status == 301:
        assert response.headers["Location"] == "/weather/alerts/active/area/NY"
    else:
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert response.json()["status"] == status


async def test_a_bad_parameter_is_named_in_the_refusal(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    bad_area = await http.get(f"{world.weather_api_url}/alerts/active/area/XX")
    bad_query = await http.get(f"{world.weather_api_url}/alerts/active/area/NY?pretty=1")

    assert [each["parameter"] for each in bad_area.json()["parameterErrors"]] == ["path.area"]
    assert [each["parameter"] for each in bad_query.json()["parameterErrors"]] == ["query.pretty"]


async def test_the_weather_service_refuses_a_caller_without_a_user_agent(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    del http.headers["User-Agent"]

    response = await http.get(address(world, "weather"))

    assert response.status_code == 403
    assert world.calls[0].user_agent == ""


@pytest.mark.parametrize("service", SERVICES)
async def test_only_get_is_allowed(world: WorldEmulator, http: httpx.AsyncClient, service: Service) -> None:
    assert (await http.post(address(world, service))).status_code == 405


async def test_the_address_service_answers_one_line_of_text(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(world.ip_address_url)

    assert response.text == f"{NEW_YORK}\n"
    assert response.headers["Content-Type"].startswith("text/plain")


async def test_both_geolocation_services_tell_the_same_place_in_their_own_words(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    ipwho = (await http.get(address(world, "geolocation"))).json()
    ip_api = (await http.get(address(world, "ip_api"))).json()

    assert (ipwho["success"], ipwho["region"], ipwho["timezone"]["id"]) == (True, "New York", "America/New_York")
    assert (ip_api["status"], ip_api["regionName"], ip_api["region"]) == ("success", "New York", "NY")
    assert ip_api["timezone"] == "America/New_York"


@pytest.mark.parametrize(
    ("text", "ipwho", "ip_api"),
    [
        ("10.0.0.1", "Reserved range", "private range"),
        ("127.0.0.1", "Reserved range", "reserved range"),
        ("::1", "Reserved range", "reserved range"),
        ("nonsense", "Invalid IP address", "invalid query"),
        ("9.9.9.9", "IP address not found", "invalid query"),
    ],
)
async def test_geolocation_services_say_no_with_status_200(
    world: WorldEmulator, http: httpx.AsyncClient, text: str, ipwho: str, ip_api: str
) -> None:
    first = await http.get(f"{world.geolocation_url}/{text}")
    second = await http.get(f"{world.ip_api_url}/{text}")

    assert (first.status_code, first.json()) == (200, {"ip": text, "success": False, "message": ipwho})
    assert (second.status_code, second.json()) == (200, {"status": "fail", "message": ip_api, "query": text})


async def test_the_world_can_be_changed_while_it_runs(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.public_ip = "9.9.9.9"
    world.sites["9.9.9.9"] = Site("Zurich", "Zurich", "ZH", "Switzerland", "CH", "Europe/Zurich", 47.37, 8.54)

    assert (await http.get(world.ip_address_url)).text == "9.9.9.9\n"
    assert (await http.get(f"{world.geolocation_url}/9.9.9.9")).json()["city"] == "Zurich"


async def test_each_request_is_counted_with_service_path_and_time(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    await http.get(world.ip_address_url)
    await http.get(f"{world.weather_api_url}/alerts/active/area/NY?pretty=1")

    assert [(call.service, call.path) for call in world.calls] == [
        ("ip_address", "/"),
        ("weather", "/alerts/active/area/NY?pretty=1"),
    ]
    assert world.calls[0].time <= world.calls[1].time <= asyncio.get_running_loop().time()
    assert len(world.calls_to("weather")) == 1


async def test_a_test_can_wait_until_a_service_was_called_often_enough(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    await http.get(world.ip_address_url)
    twice = asyncio.create_task(world.called("ip_address", times=2))
    await http.get(address(world, "weather"))
    assert not twice.done()

    await http.get(world.ip_address_url)
    await asyncio.wait_for(twice, timeout=10)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_fault_happens_as_often_as_planned_and_to_no_other_service(
    world: WorldEmulator, http: httpx.AsyncClient, service: Service
) -> None:
    world.fail(service, "server_error", times=2)
    world.fail(service, "rate_limited")

    statuses = [(await http.get(address(world, service))).status_code for _ in range(4)]
    others = [(await http.get(address(world, other))).status_code for other in SERVICES if other != service]

    assert statuses == [500, 500, 429, 200]
    assert others == [200, 200, 200]


async def test_a_refused_request_meets_a_broken_connection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("weather", "refused")

    with pytest.raises(httpx.TransportError):
        await http.get(address(world, "weather"))
    assert (await http.get(address(world, "weather"))).status_code == 200
    assert len(world.calls) == 2


async def test_garbage_is_a_page_with_status_200(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("ip_address", "garbage")

    response = await http.get(world.ip_address_url)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")


async def test_a_slow_answer_is_proper_but_late(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    world.fail("ip_address", "slow", times=2, seconds=0.2)

    with pytest.raises(httpx.ReadTimeout):
        await http.get(world.ip_address_url, timeout=0.05)
    assert (await http.get(world.ip_address_url)).text == f"{NEW_YORK}\n"


async def test_a_held_request_waits_in_the_middle_until_it_is_released(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather")
    request = asyncio.create_task(http.get(address(world, "weather")))
    await held.reached()

    assert (await http.get(address(world, "weather"))).status_code == 200  # only one is held
    assert not request.done()

    held.release()
    assert (await request).status_code == 200


async def test_a_caller_that_dies_while_held_leaves_the_next_attempt_alone(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather")
    request = asyncio.create_task(http.get(address(world, "weather")))
    await held.reached()
    request.cancel()
    await asyncio.wait([request])

    assert request.cancelled()
    assert (await http.get(address(world, "weather"))).status_code == 200
    assert len(world.calls_to("weather")) == 2
    held.release()


async def test_a_hold_or_a_fault_for_one_path_lets_all_others_pass(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    held = world.hold("weather", "/CA")
    world.fail("weather", "server_error", path="/NY")
    areas = f"{world.weather_api_url}/alerts/active/area"

    waiting = asyncio.create_task(http.get(f"{areas}/CA"))
    await held.reached()
    answers = [(await http.get(f"{areas}/{area}")).status_code for area in ("VT", "NY", "NY")]
    held.release()

    assert (answers, (await waiting).status_code) == ([200, 500, 200], 200)


async def test_repaired_it_forgets_the_faults_that_were_still_to_come(
    world: WorldEmulator, http: httpx.AsyncClient
) -> None:
    world.fail("ip_address", "server_error", times=2)
    await http.get(world.ip_address_url)
    assert world.faults_to_come == ["server_error"]

    world.repair()

    assert world.faults_to_come == []
    assert (await http.get(world.ip_address_url)).status_code == 200


async def test_leaving_the_world_answers_held_and_slow_requests_at_once(http: httpx.AsyncClient) -> None:
    async with WorldEmulator() as world:
        held = world.hold("ip_address")
        world.fail("geolocation", "slow", seconds=3600)
        waiting = [
            asyncio.create_task(http.get(world.ip_address_url)),
            asyncio.create_task(http.get(address(world, "geolocation"))),
        ]
        await held.reached()
        await world.called("geolocation")

    answers = await asyncio.wait_for(asyncio.gather(*waiting), timeout=10)
    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_world_that_was_not_entered_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="no address before it is entered"):
        WorldEmulator().weather_api_url.strip()


async def test_a_world_keeps_the_port_it_was_given(http: httpx.AsyncClient) -> None:
    async with WorldEmulator() as first:
        port = httpx.URL(first.ip_address_url).port
    assert port is not None

    async with WorldEmulator(port=port) as second:
        assert (await http.get(second.ip_address_url)).status_code == 200
        assert httpx.URL(second.ip_address_url).port == port
