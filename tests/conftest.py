"""What every test may use: one Temporal dev server for each test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.temporal_server import DevServer


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    with DevServer() as server:
        yield server.address
