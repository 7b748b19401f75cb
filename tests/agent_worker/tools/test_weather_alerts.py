"""Promises of the weather alerts tool, against the pretend world over real HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.sources import MOST_SOURCES
from agent_worker.toolbox.tool import ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.weather_alerts import AREAS, LARGEST_RESULT, LONGEST_TEXT, WeatherSettings
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import FaultKind
from emulators.world.weather import (
    ALERT_COUNT_OF_WASHINGTON,
    HIGH_SURF,
    STATEMENT,
    TORNADO,
    WIND,
    WINTER_STORM,
    Bulletin,
    Hazard,
    alert_feature,
)

QUIET = "VT"
TOOLBOX = Toolbox.discover()


def publish(world: WorldEmulator, *bulletins: Bulletin) -> None:
    world.alerts[QUIET] = [alert_feature(bulletin, world.now) for bulletin in bulletins]


def bulletin(hazard: Hazard, **changes: Any) -> Bulletin:
    return replace(Bulletin(hazard, QUIET, ("Addison", "Orleans"), "NWS Burlington VT"), **changes)


async def output(toolbox: OpenToolbox, state: str = QUIET) -> dict[str, Any]:
    answer = await toolbox.run("get_weather_alerts", {"state": state})
    result: dict[str, Any] = answer["output"]
    return result


async def test_an_alert_is_told_by_what_a_reader_needs_of_it(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    publish(world, bulletin(WINTER_STORM))

    report = await output(toolbox)

    assert (report["area"], report["area_name"], report["total"]) == ("VT", "Vermont", 1)
    assert report["updated"] == "2026-01-15T12:00:00+00:00"
    assert "omitted" not in report
    [alert] = report["alerts"]
    assert alert.pop("url").startswith("https://api.weather.gov/alerts/urn:oid:")
    assert alert == {
        "event": "Winter Storm Warning",
        "headline": "Winter Storm Warning issued January 15 at 10:00AM UTC by NWS Burlington VT",
        "severity": "Severe",
        "urgency": "Expected",
        "certainty": "Likely",
        "area": "Addison; Orleans",
        "onset": "2026-01-15T11:00:00+00:00",
        "ends": "2026-01-16T05:00:00+00:00",
        "sender": "NWS Burlington VT",
        "instruction": WINTER_STORM.instruction,
    }


async def test_no_alerts_is_said_in_words(toolbox: OpenToolbox) -> None:
    report = await output(toolbox)

    assert (report["total"], report["alerts"]) == (0, [])
    assert report["note"] == "There are no active weather alerts for Vermont."


async def test_only_actual_alerts_count_not_tests_or_exercises(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    publish(world, bulletin(TORNADO, status="Test"), bulletin(TORNADO, status="Exercise"), bulletin(WIND))

    report = await output(toolbox)

    assert report["total"] == 1
    assert [alert["event"] for alert in report["alerts"]] == ["Wind Advisory"]


async def test_the_most_severe_come_first_then_the_most_urgent_then_the_earliest(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    publish(
        world,
        bulletin(HIGH_SURF, office="6"),
        bulletin(replace(WIND, severity="Unknown"), office="7"),
        bulletin(WIND, starts=timedelta(hours=9), office="5"),
        bulletin(WIND, office="4"),
        bulletin(replace(WINTER_STORM, urgency="Future"), office="3"),
        bulletin(replace(WINTER_STORM, urgency="Immediate"), office="2"),
        bulletin(TORNADO, office="1"),
    )

    assert [alert["sender"] for alert in (await output(toolbox))["alerts"]] == list("1234567")


async def test_fields_that_the_service_left_empty_are_left_out_or_taken_from_their_second_best(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    publish(world, bulletin(STATEMENT, lasts=None))
    world.alerts[QUIET][0]["properties"]["headline"] = None

    [alert] = (await output(toolbox))["alerts"]

    assert not {"headline", "instruction"} & set(alert)
    assert alert["onset"] == "2026-01-15T10:00:00+00:00"
    assert alert["ends"] == "2026-01-15T18:00:00+00:00"


async def test_the_alerts_and_the_area_have_pages_for_people(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    publish(world, bulletin(WIND), bulletin(TORNADO))
    ids = [feature["properties"]["id"] for feature in world.alerts[QUIET]]

    answer = await toolbox.run("get_weather_alerts", {"state": QUIET})

    assert answer["sources"] == [
        {"text": "Tornado Warning, NWS Burlington VT", "url": f"https://alerts.weather.gov/search?id={ids[1]}"},
        {"text": "Wind Advisory, NWS Burlington VT", "url": f"https://alerts.weather.gov/search?id={ids[0]}"},
        {"text": "All alerts for Vermont", "url": "https://alerts.weather.gov/search?area=VT"},
    ]


@pytest.mark.parametrize("alert_id", [None, 7, "", "urn:oid:1&area=NY", "https://example.org/"])
async def test_an_alert_without_a_usable_id_has_no_page(
    world: WorldEmulator, toolbox: OpenToolbox, alert_id: Any
) -> None:
    publish(world, bulletin(WIND))
    world.alerts[QUIET][0]["properties"]["id"] = alert_id

    answer = await toolbox.run("get_weather_alerts", {"state": QUIET})

    assert [source["text"] for source in answer["sources"]] == ["All alerts for Vermont"]


async def test_of_many_alerts_the_first_have_pages_and_the_area_has_one(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    answer = await toolbox.run("get_weather_alerts", {"state": "WA"})

    assert len(answer["sources"]) == MOST_SOURCES
    assert answer["sources"][-1]["text"] == "All alerts for Washington"


async def test_a_stormy_states_quarter_megabyte_becomes_8_kb_that_says_what_is_missing(
    world: WorldEmulator, toolbox: OpenToolbox, http: httpx.AsyncClient
) -> None:
    raw = await http.get(f"{world.weather_api_url}/alerts/active/area/WA")

    report = await output(toolbox, "WA")

    assert len(raw.content) > 200_000
    assert len(json.dumps(report).encode()) <= LARGEST_RESULT
    assert report["total"] == ALERT_COUNT_OF_WASHINGTON
    assert len(report["alerts"]) + report["omitted"] == ALERT_COUNT_OF_WASHINGTON
    assert sum(report["omitted_events"].values()) == report["omitted"]
    assert report["note"] == f"and {report['omitted']} more, none of them more severe"
    assert len(report["alerts"]) >= 8
    assert {alert["severity"] for alert in report["alerts"]} == {"Severe"}


async def test_a_long_list_of_places_is_cut_between_names_and_counted(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    publish(world, bulletin(WIND, places=tuple(f"Valley number {number}" for number in range(100))))

    [alert] = (await output(toolbox))["alerts"]

    named, _, rest = alert["area"].rpartition("; ")
    kept = named.split("; ")
    assert kept == [f"Valley number {number}" for number in range(len(kept))]
    assert rest == f"and {100 - len(kept)} more"
    assert len(alert["area"]) <= LONGEST_TEXT


async def test_a_long_instruction_is_cut_between_words(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    publish(world, bulletin(replace(WIND, instruction="secure outdoor objects\n" * 50)))

    [alert] = (await output(toolbox))["alerts"]

    assert len(alert["instruction"]) <= LONGEST_TEXT
    assert alert["instruction"].removesuffix("…").split(" ")[-1] in {"secure", "outdoor", "objects"}


@pytest.mark.parametrize("state", ["NY", "ny", " Ny ", "New York", "new york"])
async def test_a_state_may_be_written_in_any_case_or_in_full(
    world: WorldEmulator, toolbox: OpenToolbox, state: str
) -> None:
    assert (await output(toolbox, state))["area"] == "NY"
    assert [call.path for call in world.calls] == ["/alerts/active/area/NY"]


@given(state=st.one_of(st.text(), st.sampled_from(["XX", "NY/..", "../NY", "NY?x=1", "U.S.", "N Y"])))
def test_nothing_but_a_known_code_ever_gets_into_the_path(state: str) -> None:
    policy = TOOLBOX.policy("get_weather_alerts", {"state": state})

    known = {f"Weather alerts for {name}" for name in AREAS.values()}
    assert policy.title in known | {"get_weather_alerts"}
    assert (policy.attempts == 1) == (policy.title == "get_weather_alerts")


async def test_an_unknown_area_is_answered_without_a_request(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    answer = await toolbox.run("get_weather_alerts", {"state": "Atlantis"})

    assert "state: must be the two-letter code of a US state" in answer["error"]
    assert world.calls == []


async def test_every_area_that_the_model_is_offered_is_one_that_the_service_knows(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    [declaration] = [each for each in TOOLBOX.declarations() if each["name"] == "get_weather_alerts"]
    offered = declaration["parametersJsonSchema"]["properties"]["state"]["enum"]

    answers = [await output(toolbox, area) for area in offered]

    assert [answer["area"] for answer in answers] == list(AREAS)
    assert len(offered) == 50 + 1 + 8 + 15  # states, DC, territories and freely associated states, marine areas


async def test_it_says_who_is_asking_because_the_service_refuses_callers_who_do_not(
    world: WorldEmulator, toolbox: OpenToolbox
) -> None:
    await output(toolbox)

    assert world.calls[0].user_agent == "test (test@example.com)"
    assert "trusted-slack-agent" in WeatherSettings().weather_user_agent


@pytest.mark.parametrize("agent", [" ", "agent\nX-Evil: 1", "agént"])
def test_a_user_agent_that_cannot_be_a_header_is_refused_when_settings_are_read(
    agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_USER_AGENT", agent)

    with pytest.raises(ValidationError, match="weather_user_agent"):
        WeatherSettings()


@pytest.mark.parametrize("features", [None, {}, "x"])
async def test_an_answer_of_another_shape_is_an_error_for_the_model(
    world: WorldEmulator, toolbox: OpenToolbox, features: Any
) -> None:
    world.alerts[QUIET] = features

    answer = await toolbox.run("get_weather_alerts", {"state": QUIET})

    assert answer == {"error": "The National Weather Service gave an answer that cannot be understood."}


async def test_a_damaged_alert_does_not_hide_the_others(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    publish(world, bulletin(WIND))
    damaged: list[Any] = [
        None,
        1,
        {},
        {"properties": None},
        {"properties": {"status": "Actual", "onset": 7, "event": []}},
    ]
    world.alerts[QUIET][:0] = damaged

    report = await output(toolbox)

    assert report["total"] == 2
    assert report["alerts"][0]["event"] == "Wind Advisory"
    assert report["alerts"][1] == {}


async def test_the_bound_holds_for_text_that_json_has_to_escape(world: WorldEmulator, toolbox: OpenToolbox) -> None:
    kinds = [f"{number}" + '\x01\\"é' * 500 for number in range(60)]
    nasty = [replace(WIND, event=kind, instruction="\x01" * 5000) for kind in kinds]
    publish(world, *(bulletin(hazard, office="\x02" * 400) for hazard in nasty))

    report = await output(toolbox)

    assert len(json.dumps(report, ensure_ascii=False).encode()) <= LARGEST_RESULT
    assert len(report["alerts"]) + report["omitted"] == report["total"] == 60


@pytest.mark.parametrize("kind", ["server_error", "rate_limited", "refused"])
async def test_a_passing_failure_is_raised_and_the_next_attempt_succeeds(
    world: WorldEmulator, toolbox: OpenToolbox, kind: FaultKind
) -> None:
    world.fail("weather", kind)

    with pytest.raises(ToolUnavailableError, match=r"^The National Weather Service"):
        await toolbox.run("get_weather_alerts", {"state": "NY"})
    assert "output" in await toolbox.run("get_weather_alerts", {"state": "NY"})
    assert len(world.calls_to("weather")) == 2


async def test_a_refusal_of_the_service_is_final(world: WorldEmulator, http: httpx.AsyncClient) -> None:
    settings = WeatherSettings.model_validate({"weather_api_url": f"{world.weather_api_url}/old"})
    others = [kind() for kind in TOOLBOX.settings_classes() if kind is not WeatherSettings]

    answer = await TOOLBOX.open(http, [settings, *others]).run("get_weather_alerts", {"state": "NY"})

    assert answer == {"error": "The National Weather Service refused the request (HTTP status 404)."}
