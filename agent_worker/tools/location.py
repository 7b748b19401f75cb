"""The tool that tells the city, region and country of a public IP address."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

import httpx
from pydantic import Field, HttpUrl

from agent_worker.toolbox.http_request import get_object
from agent_worker.toolbox.tool import ToolError, ToolSettings, tool

SERVICE = "The geolocation service"


class LocationSettings(ToolSettings):
    geolocation_url: HttpUrl = Field(
        HttpUrl("https://ipwho.is"),
        description="a service that answers a GET of URL/{ip} as ipwho.is does; http://ip-api.com/json works too",
    )


@tool(
    title=lambda ipaddress: f"Location of {ipaddress}",
    summary="the city, region and country of an IP address",
    timeout=timedelta(seconds=15),
    attempts=3,
    trial={"ipaddress": "8.8.8.8"},
    outcome=lambda found: ", ".join(found[name] for name in ("city", "region", "country") if name in found),
)
async def get_location_info(
    ipaddress: Annotated[str, Field(description="A public IPv4 or IPv6 address, such as 8.8.8.8")],
    *,
    http: httpx.AsyncClient,
    settings: LocationSettings,
) -> dict[str, str]:
    """Get the city, region, country and time zone of a public IP address.

    The place is where the network provider registered the address: right about the country, often wrong about the city.
    """
    address = _public_address(ipaddress)
    found = await get_object(http, settings.geolocation_url, address, service=SERVICE)
    if found.get("success") is False or found.get("status") == "fail":  # with status 200
        raise ToolError(f"{SERVICE} has no answer for {address}: {_reason(found)}.")
    place = _place(found)
    if not place:
        raise ToolError(f"{SERVICE} does not know where {address} is.")
    return {"ip_address": address, **place}


def _public_address(text: str) -> str:
    """The address in its usual spelling; raises ToolError for an address that has no location."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        raise ToolError(f"{text.strip()[:60]!r} is not an IP address.") from None
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or ipaddress.IPv6Address(int(address))  # int() drops a zone such as %eth0
    if not address.is_global or address.is_multicast:
        raise ToolError(f"{address} is not a public address (private, local or reserved), so it has no location.")
    return str(address)


def _place(found: Mapping[str, Any]) -> dict[str, str]:
    zone = found.get("timezone")
    facts = {
        "city": found.get("city"),
        "region": found.get("regionName") or found.get("region"),  # for ip-api `region` is only a code
        "country": found.get("country"),
        "country_code": found.get("countryCode") or found.get("country_code"),
        "timezone": zone.get("id") if isinstance(zone, Mapping) else zone,
    }
    return {name: fact[:100] for name, fact in facts.items() if isinstance(fact, str) and fact}


def _reason(found: Mapping[str, Any]) -> str:
    return str(found.get("message") or "it gave no reason")[:100].rstrip(". ")
