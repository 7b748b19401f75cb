"""Sample weather alerts, in the format of the National Weather Service."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Alerts = dict[str, list[dict[str, Any]]]

ALERT_COUNT_OF_WASHINGTON = 40  # with their zones and polygons more than 200 KB, as on a stormy day in December 2025

_CONTEXT = [
    "https://geojson.org/geojson-ld/geojson-context.jsonld",
    {"@version": "1.1", "wx": "https://api.weather.gov/ontology#"},
]


@dataclass(frozen=True)
class Hazard:
    """A kind of event, with the texts that the service usually gives for it."""

    event: str
    severity: Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
    urgency: Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
    certainty: Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
    what: str
    instruction: str | None


TORNADO = Hazard(
    "Tornado Warning",
    "Extreme",
    "Immediate",
    "Observed",
    "A confirmed tornado is moving northeast at 35 mph.",
    "TAKE COVER NOW! Move to a basement or an interior room on the lowest floor of a sturdy building.",
)
HURRICANE = Hazard(
    "Hurricane Warning",
    "Extreme",
    "Expected",
    "Likely",
    "Hurricane-force winds are expected somewhere within this area within the next 36 hours.",
    "Rush to complete preparations to protect life and property, and leave if evacuation orders are given.",
)
WINTER_STORM = Hazard(
    "Winter Storm Warning",
    "Severe",
    "Expected",
    "Likely",
    "Heavy snow expected. Total snow accumulations between 8 and 14 inches. Winds gusting as high as 45 mph.",
    "If you must travel, keep an extra flashlight, food, and water in your vehicle in case of an emergency.",
)
RED_FLAG = Hazard(
    "Red Flag Warning",
    "Severe",
    "Expected",
    "Likely",
    "Gusty north winds and low humidity. Any fires that develop will likely spread rapidly.",
    "Outdoor burning is not recommended.",
)
FLOOD = Hazard(
    "Flood Watch",
    "Severe",
    "Future",
    "Possible",
    "Flooding caused by excessive rainfall is possible.",
    "You should monitor later forecasts and be prepared to take action should Flood Warnings be issued.",
)
WIND = Hazard(
    "Wind Advisory",
    "Moderate",
    "Expected",
    "Likely",
    "West winds 20 to 30 mph with gusts up to 50 mph expected.",
    "Winds this strong can make driving difficult. Secure outdoor objects.",
)
HIGH_SURF = Hazard(
    "High Surf Advisory",
    "Minor",
    "Expected",
    "Likely",
    "Large breaking waves of 8 to 12 feet expected in the surf zone.",
    "Inexperienced swimmers should remain out of the water due to dangerous surf conditions.",
)
STATEMENT = Hazard(
    "Special Weather Statement", "Moderate", "Expected", "Observed", "Strong thunderstorms will impact the area.", None
)


@dataclass(frozen=True)
class Bulletin:
    """One alert to be made. Its times count from the moment at which the stand-in starts."""

    hazard: Hazard
    area: str
    places: tuple[str, ...]
    office: str
    starts: timedelta = field(default=-timedelta(hours=1))
    lasts: timedelta | None = field(default=timedelta(hours=18))
    status: Literal["Actual", "Exercise", "System", "Test", "Draft"] = "Actual"
    number: int = 1


def sample_alerts(now: datetime) -> Alerts:
    """The active alerts by area code: some in six areas, none elsewhere. `now` has a time zone."""
    bulletins = [
        Bulletin(WIND, "NY", ("Northern Westchester", "Rockland", "Putnam"), "NWS New York NY"),
        Bulletin(WINTER_STORM, "NY", ("Oswego", "Jefferson", "Lewis"), "NWS Buffalo NY", starts=timedelta(hours=5)),
        Bulletin(TORNADO, "NY", ("New York (Manhattan)",), "NWS New York NY", status="Test"),
        Bulletin(HIGH_SURF, "CA", ("San Francisco", "Coastal North Bay"), "NWS San Francisco CA"),
        Bulletin(RED_FLAG, "CA", ("East Bay Hills", "North Bay Interior Mountains"), "NWS San Francisco CA"),
        Bulletin(FLOOD, "TX", ("Travis", "Hays", "Blanco"), "NWS Austin/San Antonio TX", starts=timedelta(hours=9)),
        Bulletin(TORNADO, "TX", ("Williamson", "Bell"), "NWS Austin/San Antonio TX", lasts=timedelta(minutes=45)),
        Bulletin(HURRICANE, "FL", ("Coastal Collier", "Mainland Monroe"), "NWS Miami FL", starts=timedelta(hours=12)),
        Bulletin(HIGH_SURF, "FL", ("Coastal Palm Beach",), "NWS Miami FL"),
        Bulletin(STATEMENT, "FL", ("Inland Broward",), "NWS Miami FL", lasts=None),
        Bulletin(FLOOD, "PR", ("San Juan y Vecindad", "Mayagüez"), "NWS San Juan PR"),
        *(_washington(number) for number in range(ALERT_COUNT_OF_WASHINGTON)),
    ]
    alerts: Alerts = {}
    for bulletin in bulletins:
        alerts.setdefault(bulletin.area, []).append(alert_feature(bulletin, now))
    return alerts


def collection(area_name: str, features: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The service's whole answer for one area."""
    return {
        "@context": _CONTEXT,
        "type": "FeatureCollection",
        "features": features,
        "title": f"Current watches, warnings, and advisories for {area_name}",
        "updated": now.isoformat(timespec="seconds"),
    }


def alert_feature(bulletin: Bulletin, now: datetime) -> dict[str, Any]:
    """One alert as a GeoJSON feature, with every field that the service sends."""
    name = f"{bulletin.area}/{bulletin.hazard.event}/{bulletin.number}/{bulletin.status}"
    urn = f"urn:oid:2.49.0.1.840.0.{hashlib.sha256(name.encode()).hexdigest()[:40]}.001.1"
    address = f"https://api.weather.gov/alerts/{urn}"
    return {
        "id": address,
        "type": "Feature",
        "geometry": _polygon(bulletin),
        "properties": {"@id": address, "@type": "wx:Alert", "id": urn, **_properties(bulletin, now)},
    }


def _properties(bulletin: Bulletin, now: datetime) -> dict[str, Any]:
    hazard = bulletin.hazard
    zones = [f"{bulletin.area}Z{bulletin.number * 10 + offset:03}" for offset in range(len(bulletin.places))]
    return {
        "areaDesc": "; ".join(bulletin.places),
        "geocode": {"SAME": [f"0{zone[3:]}{zone[3:]}"[:6] for zone in zones], "UGC": zones},
        "affectedZones": [f"https://api.weather.gov/zones/forecast/{zone}" for zone in zones],
        "references": [],
        **_times(bulletin, now),
        "status": bulletin.status,
        "messageType": "Alert",
        "category": "Met",
        "severity": hazard.severity,
        "certainty": hazard.certainty,
        "urgency": hazard.urgency,
        "event": hazard.event,
        "sender": "w-nws.webmaster@noaa.gov",
        "senderName": bulletin.office,
        "headline": f"{hazard.event} issued {_spoken(now - timedelta(hours=2))} by {bulletin.office}",
        "description": f"* WHAT...{hazard.what}\n\n* WHERE...{', '.join(bulletin.places)}.",
        "instruction": hazard.instruction,
        "response": "Prepare" if hazard.instruction else "Monitor",
        "parameters": {"AWIPSidentifier": ["NPWXXX"], "BLOCKCHANNEL": ["EAS", "NWEM", "CMAS"]},
        "scope": "Public",
        "code": "IPAWSv1.0",
        "language": "en-US",
        "web": "http://www.weather.gov",
        "eventCode": {"SAME": ["NWS"], "NationalWeatherService": [hazard.event[:2].upper() + "Y"]},
    }


def _times(bulletin: Bulletin, now: datetime) -> dict[str, str | None]:
    onset = now + bulletin.starts
    ends = onset + bulletin.lasts if bulletin.lasts else None
    issued = now - timedelta(hours=2)
    return {
        "sent": issued.isoformat(timespec="seconds"),
        "effective": issued.isoformat(timespec="seconds"),
        "onset": onset.isoformat(timespec="seconds") if ends else None,
        "expires": (now + timedelta(hours=6)).isoformat(timespec="seconds"),
        "ends": ends.isoformat(timespec="seconds") if ends else None,
    }


def _washington(number: int) -> Bulletin:
    hazards = (WIND, FLOOD, HIGH_SURF, WINTER_STORM, STATEMENT)
    places = tuple(f"Slopes of the Central Cascades above Valley {number * 30 + offset}" for offset in range(30))
    return Bulletin(hazards[number % len(hazards)], "WA", places, "NWS Seattle WA", number=number + 1)


def _polygon(bulletin: Bulletin) -> dict[str, Any] | None:
    """A closed ring, or None for every second alert: the service sends null for alerts that follow zones."""
    if bulletin.number % 2 == 0:
        return None
    west, south = -120.0 + bulletin.number / 10, 40.0 + bulletin.number / 20
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return {"type": "Polygon", "coordinates": [[[round(west + x, 2), round(south + y, 2)] for x, y in corners]]}


def _spoken(moment: datetime) -> str:
    return f"{moment:%B} {moment.day} at {moment:%I:%M%p} {moment:%Z}".strip()
