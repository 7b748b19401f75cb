"""The Temporal server of an evaluation: the one that is set, or a dev server of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from agent_worker.contract.converter import DATA_CONVERTER
from playground.temporal_server import DevServer
from process import temporal
from process.settings import load

CONNECTS_WITHIN = 15.0  # seconds


class NoTemporalError(Exception):
    """There is no server to run on; the message is a sentence for people."""


@asynccontextmanager
async def open_client(address: str | None) -> AsyncIterator[Client]:
    """A client of the server that TEMPORAL_ADDRESS names, or of a new one that forgets everything at the end.

    Raises NoTemporalError.
    """
    (connection,) = load(temporal.connection)
    if address is not None:
        yield await _connected(connection)
        return
    server = DevServer()
    try:
        await asyncio.to_thread(server.start)
    except RuntimeError as error:
        raise NoTemporalError(str(error)) from None
    try:
        yield await _connected({**connection, "target_host": server.address})
    finally:
        await asyncio.to_thread(server.stop)


async def _connected(connection: dict[str, object]) -> Client:
    try:
        async with asyncio.timeout(CONNECTS_WITHIN):
            return await temporal.connect(connection, DATA_CONVERTER)
    except TimeoutError:
        raise NoTemporalError(
            f"Temporal does not answer at {connection['target_host']} (TEMPORAL_ADDRESS): start it, "
            "or leave the setting out, and a server is started for the evaluation"
        ) from None
