"""What every test may use: one Temporal dev server for each test process, and examples that are the same each time.

Each test and fixture that starts a process asks for the fixture `processes`, at least through another one. So `make
test-fast` knows what to leave out, and a test that starts a process without it fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from playground.temporal_server import DevServer
from tests.support.e2e.warm_process import end_template

# The same examples in each run, so that a failure is a change's; `--hypothesis-profile=searching` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")


# Which tests start processes

STARTS = {
    "subprocess.Popen",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
}  # https://docs.python.org/3/library/audit_events.html
_may_start_processes = True  # while no test runs


@pytest.fixture(scope="session")
def processes() -> Iterator[None]:
    """Asked for by each test and fixture that starts a process, a Temporal server or a browser."""
    yield
    end_template()


@pytest.fixture(scope="session")
def temporal_address(processes: None) -> Iterator[str]:
    server = DevServer()
    server.start()
    yield server.address
    server.kill()  # it holds nothing that anybody wants to keep, and would take a second to end by itself


def pytest_itemcollected(item: pytest.Item) -> None:
    if starts_processes(item):
        item.add_marker("processes")


def starts_processes(item: pytest.Item) -> bool:
    return "processes" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    global _may_start_processes
    _may_start_processes = starts_processes(item)
    yield
    _may_start_processes = True


def refuse_processes(event: str, _arguments: tuple[object, ...]) -> None:
    """Fails the test that starts a process and does not say so."""
    if event in STARTS and not _may_start_processes:
        pytest.fail("This test starts a process: let it, or its fixture, ask for the fixture `processes`.")


sys.addaudithook(refuse_processes)


# In which order

# The folders with the longest tests come first, so that in the end no test process waits for another's last test.
FOLDERS = ("tests/browser/", "tests/durability/", "tests/e2e/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    folder = next((place for place, folder in enumerate(FOLDERS) if item.nodeid.startswith(folder)), len(FOLDERS))
    return folder, not starts_processes(item)


class LongestFirst(LoadScopeScheduling):
    """Gives each test process the next piece of work when it has done its last one."""

    def _split_scope(self, nodeid: str) -> str:
        """What is one piece: a test of those that take seconds, a module of the others, and all that share the browser."""
        if nodeid.startswith("tests/browser/"):
            return "tests/browser"
        return nodeid if nodeid.startswith(FOLDERS) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst:
    config.option.loadscopereorder = False  # by how long they take, and not by how many they are
    return LongestFirst(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """More than there are processors: the tests with processes wait more than they work."""
    return (os.cpu_count() or 1) + 2
