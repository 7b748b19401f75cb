"""What stands in the way of `make run`, `make chat` and `ask` is told in a sentence, and nothing kept is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground.processes import ManagedProcess
from playground.run_lock import RunLock
from playground.temporal_server import free_port

pytestmark = pytest.mark.usefixtures("processes")


@pytest.fixture
def ports() -> dict[str, str]:
    """Nobody listens there. A Temporal server that is named is not started, which makes these tests fast."""
    temporal = {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    return {"PLAYGROUND_SLACK_PORT": str(free_port()), **temporal}


async def said(module: str, directory: Path, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """The exit code of a process that ends by itself, and all that it has written."""
    process = ManagedProcess(module, environment, ready="never", arguments=arguments, directory=directory)
    await process.start(wait=False)
    code = await process.ended()
    assert not any("Traceback" in line for line in process.lines), process.lines
    return code, "\n".join(process.lines)


async def test_a_second_run_in_the_same_folder_is_refused(ports: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".run").mkdir()
    lock = RunLock(tmp_path / ".run")
    lock.take()

    code, text = await said("playground", tmp_path, ports)
    os.close(lock.descriptor)

    assert code == 2
    assert f"`make run` runs here already: process {os.getpid()} has the folder {tmp_path}/.run" in text


async def test_a_damaged_database_is_named_and_stays_as_it_is(ports: dict[str, str], tmp_path: Path) -> None:
    database = tmp_path / ".run" / "playground" / "temporal.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"what a disk has left of it")
    del ports["TEMPORAL_ADDRESS"]

    code, text = await said("playground", tmp_path, {**ports, "PLAYGROUND_TEMPORAL_PORT": str(free_port())})

    assert code == 1
    assert f"{database} is damaged" in text
    assert f"mv {database.parent}/temporal.db*" in text
    assert database.read_bytes() == b"what a disk has left of it"


async def test_damaged_messages_are_named_and_stay_as_they_are(ports: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / ".run" / "playground" / "slack.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"identity": [1')

    code, text = await said("playground", tmp_path, ports)

    assert code == 1
    assert f"{kept} is damaged" in text
    assert kept.read_text() == '{"identity": [1'


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"TEMPORAL_ADDRESS": "http://localhost"}, "TEMPORAL_ADDRESS: HOST:PORT is expected"),
        (
            {"TEMPORAL_ADDRESS": "", "TEMPORAL_API_KEY": "k"},
            "TEMPORAL_ADDRESS: is not set, and a key or TLS for another",
        ),
        (
            {"TEMPORAL_ADDRESS": "", "TEMPORAL_TLS": "true"},
            "TEMPORAL_ADDRESS: is not set, and a key or TLS for another",
        ),
        ({"TEMPORAL_ADDRESS": "", "PLAYGROUND_TEMPORAL_PORT": "9", "PLAYGROUND_SLACK_PORT": "9"}, "they must differ"),
    ],
    ids=["a malformed address", "a key without an address", "TLS without an address", "one port for both"],
)
async def test_settings_that_cannot_be_used_are_named(
    ports: dict[str, str], tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    code, text = await said("playground", tmp_path, ports | settings)

    assert code == 2
    assert sentence in text


async def test_a_server_that_is_named_and_does_not_answer_is_told_at_once(
    ports: dict[str, str], tmp_path: Path
) -> None:
    code, text = await said("playground", tmp_path, ports)

    assert code == 3
    assert text.startswith(f"No Temporal server answers at {ports['TEMPORAL_ADDRESS']}.\nTEMPORAL_ADDRESS names it")


async def test_with_a_server_of_ones_own_the_first_run_in_a_folder_comes_up(
    ports: dict[str, str], temporal_address: str, tmp_path: Path
) -> None:
    run = ManagedProcess(
        "playground", ports | {"TEMPORAL_ADDRESS": temporal_address}, ready="Ctrl-C", directory=tmp_path
    )

    await run.start()

    assert await run.stop() == 0
    assert (tmp_path / ".run" / "playground" / "slack.json").exists()


async def test_it_comes_up_also_where_the_log_is_to_be_quiet(
    ports: dict[str, str], temporal_address: str, tmp_path: Path
) -> None:
    quiet = ports | {"TEMPORAL_ADDRESS": temporal_address, "LOG_LEVEL": "ERROR"}
    run = ManagedProcess("playground", quiet, ready="Ctrl-C", directory=tmp_path)

    await run.start()

    assert await run.stop() == 0


async def test_ask_without_a_server_says_what_to_do(tmp_path: Path) -> None:
    port = str(free_port())

    code, text = await said("agent_worker.ask", tmp_path, {"PLAYGROUND_TEMPORAL_PORT": port}, "are you there?")

    assert code == 3
    assert text.startswith(
        f"No Temporal server answers at localhost:{port}.\n`make run`, in another terminal, starts one"
    )


async def test_the_chat_looks_at_the_port_that_is_set_and_names_the_real_slack(tmp_path: Path) -> None:
    port = str(free_port())

    alone = await said("playground.chat", tmp_path, {"PLAYGROUND_SLACK_PORT": port})
    real = await said("playground.chat", tmp_path, {"PLAYGROUND_SLACK_PORT": port, "SLACK_BOT_TOKEN": "xoxb-1"})

    assert alone == (1, f"Nothing that is a playground answers at http://127.0.0.1:{port}. Start it first: make run")
    assert real[0] == 1
    assert "make run uses the real Slack: write to the agent there" in real[1]
