"""What every test may use: a Temporal dev server for each test process, the same examples each time, a certificate."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

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
