"""The server of a stand-in: its address and its port."""

from __future__ import annotations

import pytest

from emulators.server import Server


async def test_the_server_is_reached_on_this_machine_only() -> None:
    server = Server(0)

    assert (await server.start()).startswith("http://127.0.0.1:")
    await server.stop()


async def test_a_taken_port_is_an_error() -> None:
    first = Server(0)
    port = int((await first.start()).rpartition(":")[2])
    second = Server(port)

    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.stop()
    await first.stop()


async def test_a_server_keeps_the_port_it_was_given() -> None:
    first = Server(0)
    address = await first.start()
    await first.stop()
    second = Server(int(address.rpartition(":")[2]))

    assert await second.start() == address
    await second.stop()


def test_a_server_that_was_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="no address before it is started"):
        Server(0).address.strip()
