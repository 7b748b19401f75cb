"""The connection to Temporal, configured by Temporal's own environment variables and profiles."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig

from process.settings import environment

DEFAULT_ADDRESS = "localhost:7233"
LONGEST_PAUSE = 5.0  # seconds between attempts to connect
logger = logging.getLogger(__name__)


def connection() -> dict[str, Any]:
    """The arguments of `Client.connect`, from TEMPORAL_ADDRESS, _NAMESPACE, _API_KEY, TLS settings and profiles.

    Raises ValueError with a plain sentence if the settings cannot be read.
    """
    try:
        config = dict(ClientConfig.load_client_connect_config(override_env_vars=environment()))
    except RuntimeError as error:
        raise ValueError(f"TEMPORAL_*: the Temporal settings cannot be read ({error})") from error
    config["target_host"] = config.get("target_host") or DEFAULT_ADDRESS
    return config


async def connect(config: Mapping[str, Any], data_converter: DataConverter) -> Client:
    """Connects; while the server cannot be reached it waits and tries again, for ever."""
    pause = 0.25
    while True:
        try:
            return await Client.connect(**config, data_converter=data_converter)
        except RuntimeError as error:  # what the SDK raises if it cannot connect
            facts = {"address": config["target_host"], "reason": str(error)[:200]}
            logger.warning("waiting for Temporal", extra=facts)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
