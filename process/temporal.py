"""The connection to Temporal, configured by Temporal's own environment variables and profiles."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import Callable, Mapping
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
OWN_PORT = "PLAYGROUND_TEMPORAL_PORT"  # the setting with which `make run` starts a server at another port
CHECK_TIMEOUT = timedelta(seconds=10)
SHORT_PATIENCE = 3.0  # seconds that a person at a terminal waits for a server that does not answer
UNREACHABLE = 3  # the exit code
LARGEST_PORT = 65535
# Words in the reasons of Temporal's SDK that lead further than that nobody answers.
_TOLD_REASONS = ("unauthenticated", "permission denied", "certificate", "tls", "dns error")
LONGEST_PAUSE = 5.0  # seconds between attempts to connect
_NO_NAMESPACE = (
    "TEMPORAL_NAMESPACE: this Temporal server has no namespace {}; create it there, or set the name of one that it has"
)
_ADDRESS = re.compile(r"\A(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})")
_NO_ADDRESS = "TEMPORAL_ADDRESS: HOST:PORT is expected, such as localhost:7233, without a scheme and with a port"
_NOBODY_ANSWERS = "No Temporal server answers at {address}{reason}."
_START_ONE = """\
`make run`, in another terminal, starts one: leave it running and try again.
If yours listens elsewhere, say where, here or in .env: PLAYGROUND_TEMPORAL_PORT=7234 for another port of `make run`,
TEMPORAL_ADDRESS=HOST:PORT for any other server."""
logger = logging.getLogger(__name__)


def connection() -> dict[str, Any]:
    """The arguments of `Client.connect`, from TEMPORAL_ADDRESS, _NAMESPACE, _API_KEY, TLS settings and profiles.

    Without an address it is the server that `make run` starts. Raises ValueError with a plain sentence if the settings
    cannot be read.
    """
    variables = environment()
    try:
        config = dict(ClientConfig.load_client_connect_config(override_env_vars=variables))
    except RuntimeError as error:
        raise ValueError(f"TEMPORAL_*: the Temporal settings cannot be read ({error})") from error
    host = str(config.get("target_host") or _own_address(variables.get(OWN_PORT, "")))
    address = _ADDRESS.fullmatch(host)
    if address is None or not 0 < int(address[1]) <= LARGEST_PORT:
        raise ValueError(_NO_ADDRESS)
    config["target_host"] = host
    return config


def _own_address(port: str) -> str:
    """Where `make run` starts its server."""
    if not port:
        return DEFAULT_ADDRESS
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= LARGEST_PORT):
        raise ValueError(f"{OWN_PORT}: a number from 1 to {LARGEST_PORT} is expected")
    return f"localhost:{port}"


async def connect_soon(config: Mapping[str, Any], data_converter: DataConverter, *, mend: str = _START_ONE) -> Client:
    """`connect`, for a command at which a person waits: after 3 s it says what to do, and exits with code 3."""
    reasons: list[str] = []
    try:
        async with asyncio.timeout(SHORT_PATIENCE):
            return await connect(config, data_converter, waits_because=reasons.append)
    except TimeoutError:
        told = [word for word in _TOLD_REASONS if any(word.lower() in reason.lower() for reason in reasons)]
        reason = f" ({', '.join(told)})" if told else ""
        print(_NOBODY_ANSWERS.format(address=config["target_host"], reason=reason), mend, sep="\n", file=sys.stderr)
        raise SystemExit(UNREACHABLE) from None


async def connect(
    config: Mapping[str, Any], data_converter: DataConverter, *, waits_because: Callable[[str], None] | None = None
) -> Client:
    """Connects; while the server cannot be reached it waits and tries again, for ever.

    Each reason to wait is logged or, if it is given, handed to `waits_because`. Exits with code 2 if the server does
    not have the namespace.
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
        if waits_because is None:
            logger.warning("waiting for Temporal", extra={"address": config["target_host"], "reason": reason})
        else:
            waits_because(reason)
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
