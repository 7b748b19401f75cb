"""For the tests of `gemini/` and of titles: a pretend Gemini, and the adapter that asks it through the real SDK."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_worker.gemini.client import Gemini
from emulators.gemini.emulator import GeminiEmulator
from tests.support.agent_worker.questions import gemini_at


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one root certificate: nothing here uses TLS, but each client would read all of them three times."""
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(certificates[0]))
    return path


@pytest.fixture
def few_certificates(one_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))


@pytest.fixture
async def emulator(few_certificates: None) -> AsyncIterator[GeminiEmulator]:
    async with GeminiEmulator() as emulator:
        yield emulator
        emulator.assert_script_finished()


@pytest.fixture
async def gemini(emulator: GeminiEmulator) -> AsyncIterator[Gemini]:
    async with gemini_at(emulator.base_url) as gemini:
        yield gemini
