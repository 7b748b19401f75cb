"""The tool that tells the public IP address from which the agent itself reaches the internet."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

import httpx
from pydantic import Field, HttpUrl

from agent_worker.toolbox.http_request import get_text
from agent_worker.toolbox.tool import ToolError, ToolSettings, tool


class IpAddressSettings(ToolSettings):
    ip_address_url: HttpUrl = Field(
        HttpUrl("https://icanhazip.com"),
        description="a service that answers a GET with the caller's address as plain text",
    )


@tool(
    title="Public IP address of the agent's machine",
    summary="the public IP address of the machine I run on",
    timeout=timedelta(seconds=15),
    attempts=3,
    trial={},
    outcome=lambda found: str(found["ip_address"]),
)
async def get_ip_address(*, http: httpx.AsyncClient, settings: IpAddressSettings) -> dict[str, str]:
    """Get the public IP address of the machine that this agent runs on.

    It is not the address of the person who asks: theirs is unknown here. When you answer "where am I" or "what is my
    address" with this one, say whose it is.
    """
    service = "The IP address service"
    text = (await get_text(http, settings.ip_address_url, service=service)).strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        # A proxy or a network's login page answers with status 200 and a page of its own.
        raise ToolError(f"{service} did not answer with an IP address.") from None
    return {"ip_address": str(address), "belongs_to": "the machine that the agent runs on, not the person who asks"}
