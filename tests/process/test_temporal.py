"""Promises of the connection to Temporal: configured by Temporal's own variables, and waited for."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest

from agent_worker.contract.converter import DATA_CONVERTER
from playground.temporal_server import DevServer, free_port
from process import temporal
from process.settings import BAD_SETTINGS, ProcessSettings, load


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, no profile file, and an environment without Temporal's variables."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "PLAYGROUND_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


class Warned(logging.Handler):
    """Notes when something is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.happened = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.happened.set()


def test_without_settings_it_is_the_local_server() -> None:
    assert temporal.connection()["target_host"] == "localhost:7233"


def test_it_is_the_server_of_make_run_at_the_port_that_is_set_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PLAYGROUND_TEMPORAL_PORT=7300\n")
    assert temporal.connection()["target_host"] == "localhost:7300"

    monkeypatch.setenv("TEMPORAL_ADDRESS", "[::1]:7233")
    assert temporal.connection()["target_host"] == "[::1]:7233"


@pytest.mark.parametrize("port", ["seven", "0", "70000", "-1", "²"])
def test_a_port_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PLAYGROUND_TEMPORAL_PORT", port)

    with pytest.raises(ValueError, match="PLAYGROUND_TEMPORAL_PORT: a number from 1 to 65535 is expected"):
        temporal.connection()


@pytest.mark.parametrize(
    "address", ["localhost", "http://localhost:7233", "localhost:", ":7233", "localhost:70000", "a b:1", "::1:7233"]
)
def test_an_address_that_is_none_is_told_and_not_waited_for(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)

    with pytest.raises(ValueError, match="TEMPORAL_ADDRESS: HOST:PORT is expected, such as localhost:7233"):
        temporal.connection()


async def test_a_person_who_waits_is_told_within_five_seconds_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    address = f"127.0.0.1:{free_port()}"

    async with asyncio.timeout(5):
        with pytest.raises(SystemExit) as stop:
            await temporal.connect_soon({"target_host": address, "namespace": "default"}, DATA_CONVERTER)

    printed = capsys.readouterr().err
    assert stop.value.code == temporal.UNREACHABLE
    assert printed.startswith(f"No Temporal server answers at {address}.\n`make run`, in another terminal, starts one")
    assert "PLAYGROUND_TEMPORAL_PORT" in printed


def test_temporals_own_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "agents")

    config = temporal.connection()

    assert (config["target_host"], config["namespace"]) == ("temporal.example:7233", "agents")


def test_an_api_key_switches_tls_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "secret")

    assert temporal.connection()["tls"]


def test_the_file_is_read_too_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TEMPORAL_ADDRESS=file.example:7233\nTEMPORAL_NAMESPACE=file\n")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "environment")

    config = temporal.connection()

    assert (config["target_host"], config["namespace"]) == ("file.example:7233", "environment")


def test_settings_that_do_not_fit_are_refused_in_plain_words_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "very-secret")
    monkeypatch.setenv("TEMPORAL_PROFILE", "nobody")
    monkeypatch.setenv("LOG_FORMAT", "runes")

    with pytest.raises(SystemExit) as stop:
        load(ProcessSettings, temporal.connection)

    printed = capsys.readouterr().err
    assert stop.value.code == BAD_SETTINGS
    assert "TEMPORAL_" in printed
    assert "LOG_FORMAT" in printed
    assert "very-secret" not in printed


async def test_a_server_that_is_not_up_yet_is_waited_for(processes: None) -> None:
    warned = Warned()
    temporal.logger.addHandler(warned)
    port = free_port()
    connecting = asyncio.create_task(
        temporal.connect({"target_host": f"127.0.0.1:{port}", "namespace": "default"}, DATA_CONVERTER)
    )
    server = DevServer(port=port)
    try:
        async with asyncio.timeout(30):
            await warned.happened.wait()
            await asyncio.to_thread(server.start)
            client = await connecting
    finally:
        connecting.cancel()
        temporal.logger.removeHandler(warned)
        await asyncio.to_thread(server.stop)

    assert client.namespace == "default"
    assert {record.getMessage() for record in warned.records} == {"waiting for Temporal"}
    assert vars(warned.records[0])["address"] == f"127.0.0.1:{port}"


async def test_a_namespace_that_the_server_does_not_have_ends_the_process_with_a_sentence(
    temporal_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        await temporal.connect({"target_host": temporal_address, "namespace": "nowhere"}, DATA_CONVERTER)

    assert stop.value.code == BAD_SETTINGS
    assert "TEMPORAL_NAMESPACE: this Temporal server has no namespace nowhere" in capsys.readouterr().err
