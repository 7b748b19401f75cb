"""What every test may use: one Temporal dev server for each test process, and examples that are the same each time."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from playground.temporal_server import DevServer

# The same examples in each run, so that a failure is a change's; `--hypothesis-profile=searching` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the tests with processes wait more than they work."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def temporal_address() -> Iterator[str]:
    with DevServer() as server:
        yield server.address
