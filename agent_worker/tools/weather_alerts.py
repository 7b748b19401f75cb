"""The tool that reads the National Weather Service's active alerts of a US state, territory or marine area."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, Field, HttpUrl

from agent_worker.toolbox.http_request import get_object
from agent_worker.toolbox.outcome import counted
from agent_worker.toolbox.sources import MOST_SOURCES, Source, Sourced
from agent_worker.toolbox.tool import ToolError, ToolSettings, tool
from text.json_shapes import mapping
from text.lines import ELLIPSIS, whole_words

LARGEST_RESULT = 8 * 1024  # bytes of JSON: the model reads it again in each later call, and a state can have 250 KB
SERVICE = "The National Weather Service"
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
LONGEST_TEXT = 240  # characters of a headline, an instruction or a list of places
PAGE = "https://alerts.weather.gov/search"  # for people; takes `?area=NY` or `?id=` of an alert
MOST_OMITTED_KINDS = 12  # kinds of event that are named with their count when alerts are left out

# The area codes of the service's OpenAPI document; marine areas as defined in NWS Directive 10-302, names shortened.
AREAS = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AS": "American Samoa",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FM": "Federated States of Micronesia",
    "FL": "Florida",
    "GA": "Georgia",
    "GU": "Guam",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MH": "Marshall Islands",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "MP": "Northern Mariana Islands",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PW": "Palau",
    "PA": "Pennsylvania",
    "PR": "Puerto Rico",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "VI": "U.S. Virgin Islands",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
    "AM": "Atlantic waters from North Carolina to Florida and the Caribbean",
    "AN": "Atlantic waters from Canada to North Carolina",
    "GM": "Gulf of Mexico waters",
    "LC": "Lake St. Clair",
    "LE": "Lake Erie",
    "LH": "Lake Huron",
    "LM": "Lake Michigan",
    "LO": "Lake Ontario",
    "LS": "Lake Superior",
    "PH": "Hawaiian waters",
    "PK": "Alaskan waters",
    "PM": "Mariana Islands waters",
    "PS": "American Samoa waters",
    "PZ": "Pacific waters of the West Coast",
    "SL": "St. Lawrence River",
}
_ALERT_ID = re.compile(r"urn:oid:[0-9a-f.]+")
_CODES = {name.casefold(): code for code, name in AREAS.items()}


class WeatherSettings(ToolSettings):
    weather_api_url: HttpUrl = Field(
        HttpUrl("https://api.weather.gov"), description="the address of the National Weather Service's API"
    )
    weather_user_agent: str = Field(
        "trusted-slack-agent/0.1 (a Slack agent; its operator has named no contact)",
        pattern=r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$",
        description="how the agent names itself to the National Weather Service, which wants a contact in it",
    )


def _area_code(text: str) -> str:
    code = text.strip().upper()
    code = code if code in AREAS else _CODES.get(text.strip().casefold(), "")
    if not code:
        raise ValueError("must be the two-letter code of a US state, territory or marine area, such as NY, PR or GM")
    return code


Area = Annotated[
    str,
    AfterValidator(_area_code),
    Field(
        description="Two-letter code of a US state or territory (NY, PR) or of a marine area "
        "(GM Gulf of Mexico, PZ Pacific coast, LM Lake Michigan)",
        json_schema_extra={"enum": list(AREAS)},
    ),
]


@tool(
    title=lambda state: f"Weather alerts for {AREAS[state]}",
    summary="weather alerts of a US state, territory or coast",
    timeout=timedelta(seconds=20),
    attempts=3,
    trial={"state": "DC"},
    outcome=lambda report: counted(report["total"], "alert"),
)
async def get_weather_alerts(state: Area, *, http: httpx.AsyncClient, settings: WeatherSettings) -> Sourced:
    """Get the active weather alerts (warnings, watches, advisories) of one US area from the National Weather Service.

    The most severe come first. When there are too many to read, `omitted` says how many are missing from `alerts` and
    `omitted_events` what they are about: say so. These are alerts, not a forecast, and of the United States only.
    """
    headers = {"User-Agent": settings.weather_user_agent, "Accept": "application/geo+json"}
    answer = await get_object(
        http, settings.weather_api_url, "alerts", "active", "area", state, service=SERVICE, headers=headers
    )
    features = answer.get("features")
    if not isinstance(features, list):
        raise ToolError(f"{SERVICE} gave an answer that cannot be understood.")
    alerts = sorted(filter(_is_actual, map(_flattened, features)), key=_most_severe_first)
    return Sourced(_report(state, _text(answer, "updated"), alerts), _pages(state, alerts))


def _report(state: str, updated: str | None, alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The first alerts, as many as fit into LARGEST_RESULT, and the number and kinds of the others."""
    report: dict[str, Any] = {"area": state, "area_name": AREAS[state], "source": SERVICE, "updated": updated}
    report["total"] = len(alerts)
    if not alerts:
        return report | {"alerts": [], "note": f"There are no active weather alerts for {AREAS[state]}."}
    shown: list[dict[str, Any]] = []
    for alert in alerts:
        longer = report | _part([*shown, _projected(alert)], alerts)
        if _size(longer) > LARGEST_RESULT:
            break
        shown.append(_projected(alert))
    return report | _part(shown, alerts)


def _pages(state: str, alerts: Sequence[Mapping[str, Any]]) -> list[Source]:
    """The pages of the first alerts, and the area's own page."""
    area = Source(text=f"All alerts for {AREAS[state]}", url=f"{PAGE}?area={state}")
    return [*map(_page, filter(_has_page, alerts[: MOST_SOURCES - 1])), area]


def _has_page(alert: Mapping[str, Any]) -> bool:
    return _ALERT_ID.fullmatch(_text(alert, "id") or "") is not None


def _page(alert: Mapping[str, Any]) -> Source:
    names = filter(None, [_text(alert, "event"), _text(alert, "senderName")])
    return Source(text=", ".join(names), url=f"{PAGE}?id={alert['id']}")


def _part(shown: Sequence[Mapping[str, Any]], alerts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    omitted = alerts[len(shown) :]
    if not omitted:
        return {"alerts": shown}
    kinds = Counter((_text(alert, "event") or "Unnamed alert")[:60] for alert in omitted)
    return {
        "alerts": shown,
        "omitted": len(omitted),
        "omitted_events": dict(kinds.most_common(MOST_OMITTED_KINDS)),
        "note": f"and {len(omitted)} more, none of them more severe",
    }


def _size(report: Mapping[str, Any]) -> int:
    return len(json.dumps(report, ensure_ascii=False).encode("utf-8", errors="replace"))


def _flattened(feature: object) -> dict[str, Any]:
    """A feature's properties together with the address of the alert; what has another shape has no properties."""
    found = mapping(feature)
    return {**mapping(found.get("properties")), "url": found.get("id")}


def _is_actual(alert: Mapping[str, Any]) -> bool:
    return alert.get("status") == "Actual"  # the other statuses are Exercise, System, Test and Draft


def _most_severe_first(alert: Mapping[str, Any]) -> tuple[int, int, datetime]:
    return _rank(alert, "severity", SEVERITIES), _rank(alert, "urgency", URGENCIES), _onset(alert)


def _rank(alert: Mapping[str, Any], name: str, order: Sequence[str]) -> int:
    value = alert.get(name)
    return order.index(value) if value in order else len(order) - 1


def _onset(alert: Mapping[str, Any]) -> datetime:
    try:
        onset = datetime.fromisoformat(_text(alert, "onset", "effective") or "")
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return onset if onset.tzinfo else onset.replace(tzinfo=UTC)


def _projected(alert: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an alert that a reader needs, without those that the service left empty."""
    places = _text(alert, "areaDesc")
    facts = {
        "event": _text(alert, "event"),
        "headline": _text(alert, "headline"),
        "severity": _text(alert, "severity"),
        "urgency": _text(alert, "urgency"),
        "certainty": _text(alert, "certainty"),
        "area": _fewer_places(places) if places else None,
        "onset": _text(alert, "onset", "effective"),
        "ends": _text(alert, "ends", "expires"),
        "sender": _text(alert, "senderName"),
        "url": _text(alert, "url"),
        "instruction": _text(alert, "instruction"),
    }
    return {name: _shortened(fact) for name, fact in facts.items() if fact}


def _text(of: Mapping[str, Any], *names: str) -> str | None:
    """The text of the first of these fields that has any, on one line; None if there is none."""
    texts = (" ".join(value.split()) for value in map(of.get, names) if isinstance(value, str))
    return next(filter(None, texts), None)


def _fewer_places(places: str) -> str:
    """The first names of a list such as `Yakima; Kittitas; …`, and how many more there are."""
    names = places.split("; ")
    ends = accumulate(len("; ") + len(name) for name in names)  # where each name ends, if one more "; " stood in front
    kept = max(1, sum(end - len("; ") <= LONGEST_TEXT - len("; and 999 more") for end in ends))
    return places if kept == len(names) else f"{'; '.join(names[:kept])}; and {len(names) - kept} more"


def _shortened(text: str) -> str:
    """At most LONGEST_TEXT characters, cut between two words if possible."""
    return text if len(text) <= LONGEST_TEXT else whole_words(text, LONGEST_TEXT - 1) + ELLIPSIS
