"""Promises of the weather service: it answers as the real one does, and refuses what the real one refuses."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from emulators.world.emulator import WorldEmulator
from emulators.world.weather import sample_alerts
from tests.support.emulators.services import address


async def test_alerts_come_as_a_geojson_feature_collection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(address(world, "weather"))

    answer = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/geo+json; charset=utf-8")
    assert set(answer) == {"@context", "type", "features", "title", "updated"}
    assert answer["type"] == "FeatureCollection"
    for feature in answer["features"]:
        assert set(feature) == {"id", "type", "geometry", "properties"}
        assert feature["id"] == feature["properties"]["@id"]
        assert datetime.fromisoformat(feature["properties"]["sent"]) < world.now


async def test_an_area_without_alerts_has_an_empty_collection(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{world.weather_api_url}/alerts/active/area/VT")

    assert response.json()["features"] == []


async def test_a_stormy_state_is_as_large_as_a_real_one(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{world.weather_api_url}/alerts/active/area/WA")

    assert len(response.content) > 200_000


def test_the_same_moment_has_the_same_weather_and_no_two_alerts_share_an_id() -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    alerts = sample_alerts(noon)

    ids = [feature["id"] for features in alerts.values() for feature in features]
    assert sample_alerts(noon) == alerts
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
