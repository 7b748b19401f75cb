"""Addresses of the pretend world's services, for requests that go well: those that can only be read."""

from __future__ import annotations

from emulators.world.addresses import NEW_YORK
from emulators.world.emulator import WorldEmulator
from emulators.world.faults import Service

SERVICES: list[Service] = ["weather", "ip_address", "geolocation", "ip_api"]


def address(world: WorldEmulator, service: Service) -> str:
    return {
        "weather": f"{world.weather_api_url}/alerts/active/area/NY",
        "ip_address": world.ip_address_url,
        "geolocation": f"{world.geolocation_url}/{NEW_YORK}",
        "ip_api": f"{world.ip_api_url}/{NEW_YORK}",
    }[service]
