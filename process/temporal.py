"""The connection to Temporal, configured by Temporal's own environment variables and profiles."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError, RPCStatusCode

from process.settings import environment, refuse

DEFAULT_ADDRESS = "localhost:7233"
CHECK_TIMEOUT = timedelta(seconds=10)
LONGEST_PAUSE = 5.0  # seconds between attempts to connect
_NO_NAMESPACE = (
    "TEMPORAL_NAMESPACE: this Temporal server has no namespace {}; create it there, or set the name of one that it has"
)
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
    """Connects; while the server cannot be reached it waits and tries again, for ever.

    Exits with code 2 if the server does not have the namespace.
    """
    pause = 0.25
    while True:
        try:
            client = await Client.connect(**config, data_converter=data_converter, runtime=runtime())
            await _check_namespace(client)
            return client
        except RPCError as error:
            reason = error.status.name
        except RuntimeError as error:  # what the SDK raises if it cannot connect
            reason = str(error)[:200]
        logger.warning("waiting for Temporal", extra={"address": config["target_host"], "reason": reason})
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _check_namespace(client: Client) -> None:
    """Raises RPCError if the server does not answer. One that may not tell about namespaces is believed to have it."""
    try:
        request = DescribeNamespaceRequest(namespace=client.namespace)
        await client.workflow_service.describe_namespace(request, timeout=CHECK_TIMEOUT)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            refuse([_NO_NAMESPACE.format(client.namespace)])
        if error.status not in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
            raise


@cache
def runtime() -> Runtime:
    """Temporal's Rust core. Its logs go through ours: by itself it writes failures with their texts."""
    forwarding = LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"), append_log_fields_to_message=False, prepend_target_on_message=False
    )
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=levels, forwarding=forwarding)))
