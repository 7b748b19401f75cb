"""What every test may use, which tests start processes, and in which order the tests run."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.support.e2e.temporal_server import SharedServer
from tests.support.e2e.warm_process import end_template

# The same examples in each run, so that a failure is a change's; `--hypothesis-profile=searching` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def processes(one_certificate: Path) -> Iterator[None]:
    """Every test or fixture that starts a process, a Temporal server or a browser must ask for this fixture."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(one_certificate))
        yield
    end_template()


@pytest.fixture(scope="session")
def temporal_address(processes: None) -> Iterator[str]:
    """The address of a Temporal server that the tests of this test process share. Nobody may stop it."""
    server = SharedServer()
    server.start()
    yield server.address
    server.kill()  # a server that is asked to end takes a second, and nobody needs its data


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one root certificate: nothing here uses TLS, but each client would read all of them three times."""
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(certificates[0]))
    return path


@pytest.fixture
def few_certificates(one_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes clients of Google's SDK cheap, in this process and in those that it starts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))


# Which tests start processes: these get the marker `processes`, and `make test-fast` leaves them out

# https://docs.python.org/3/library/audit_events.html
STARTS_OF_PROCESSES = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"}


class ProcessGuard:
    """Fails a test that starts a process without asking for the fixture `processes`, so that nobody can forget it."""

    def __init__(self) -> None:
        self._is_armed = False

    @staticmethod
    def allows(item: pytest.Item) -> bool:
        return "processes" in getattr(item, "fixturenames", ())

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        if self.allows(item):
            item.add_marker("processes")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._is_armed = not self.allows(item)
        try:
            return (yield)
        finally:
            self._is_armed = False

    def hear(self, event: str, _arguments: tuple[object, ...]) -> None:
        """Python calls this for all that the interpreter does."""
        if self._is_armed and event in STARTS_OF_PROCESSES:
            pytest.fail("This test starts a process. Let the test or its fixture ask for the fixture `processes`.")


def pytest_configure(config: pytest.Config) -> None:
    guard = ProcessGuard()
    config.pluginmanager.register(guard)
    sys.addaudithook(guard.hear)


# In which order: the longest tests first, so that in the end no test process waits for another one

LONG = ("tests/browser/", "tests/durability/", "tests/e2e/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, bool]:
    folder = next((place for place, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG))
    return folder, not ProcessGuard.allows(item)


class LongestFirst(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out the tests in their order: single tests where they are long, whole modules where they are short."""

    def _split_scope(self, nodeid: str) -> str:
        """The name of what is handed out together. The tests of the page share one playground and one browser."""
        if nodeid.startswith("tests/browser/"):
            return "tests/browser"
        return nodeid if nodeid.startswith(LONG) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst:
    config.option.loadscopereorder = False
    return LongestFirst(config, log)
