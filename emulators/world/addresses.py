"""The places of some IP addresses, and the answers of ipwho.is and of ip-api.com about them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Site:
    """The place of an address; `region_code` is the postal code of a US state, or the ISO code of another region."""

    city: str
    region: str
    region_code: str
    country: str
    country_code: str
    timezone: str
    latitude: float
    longitude: float


NEW_YORK = "161.185.160.93"

SITES: Mapping[str, Site] = {
    NEW_YORK: Site("New York", "New York", "NY", "United States", "US", "America/New_York", 40.71, -74.01),
    "8.8.8.8": Site("Mountain View", "California", "CA", "United States", "US", "America/Los_Angeles", 37.39, -122.08),
    "128.95.120.1": Site("Seattle", "Washington", "WA", "United States", "US", "America/Los_Angeles", 47.61, -122.33),
    "128.83.40.1": Site("Austin", "Texas", "TX", "United States", "US", "America/Chicago", 30.27, -97.74),
    "24.48.0.1": Site("Montreal", "Quebec", "QC", "Canada", "CA", "America/Toronto", 45.61, -73.55),
    "2606:4700::1111": Site(
        "San Francisco", "California", "CA", "United States", "US", "America/Los_Angeles", 37.77, -122.42
    ),
}


def ipwho_answer(text: str, sites: Mapping[str, Site]) -> dict[str, Any]:
    """The body of ipwho.is, which has status 200 also when it says no. `sites`: the known places by address."""
    refusal = _refusal(text, sites)
    if refusal:
        message = "Invalid IP address" if refusal == "invalid query" else "Reserved range"
        return {"ip": text, "success": False, "message": message if refusal != "unknown" else "IP address not found"}
    site = sites[text]
    return {
        "ip": text,
        "success": True,
        "type": f"IPv{ipaddress.ip_address(text).version}",
        "continent": "North America",
        "continent_code": "NA",
        "country": site.country,
        "country_code": site.country_code,
        "region": site.region,
        "region_code": site.region_code,
        "city": site.city,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "is_eu": False,
        "connection": {"asn": 64496, "org": "Example Network", "isp": "Example Network", "domain": "example.com"},
        "timezone": {"id": site.timezone, "is_dst": False},
    }


def ip_api_answer(text: str, sites: Mapping[str, Site]) -> dict[str, Any]:
    """The body of ip-api.com, which has status 200 also when it says no. `sites`: the known places by address."""
    refusal = _refusal(text, sites)
    if refusal:
        return {"status": "fail", "message": refusal if refusal != "unknown" else "invalid query", "query": text}
    site = sites[text]
    return {
        "status": "success",
        "country": site.country,
        "countryCode": site.country_code,
        "region": site.region_code,
        "regionName": site.region,
        "city": site.city,
        "zip": "",
        "lat": site.latitude,
        "lon": site.longitude,
        "timezone": site.timezone,
        "isp": "Example Network",
        "org": "Example Network",
        "as": "AS64496 Example Network",
        "query": text,
    }


def _refusal(text: str, sites: Mapping[str, Site]) -> str:
    """Why the services say no, in ip-api.com's words; "unknown" for an address that is not in `sites`, "" for yes."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "invalid query"
    if address.is_loopback or address.is_multicast or address.is_reserved or address.is_unspecified:
        return "reserved range"
    if address.is_private:
        return "private range"
    return "" if text in sites else "unknown"
