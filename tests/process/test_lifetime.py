"""Promises of the life of a process: it closes what it has opened, and its exit code says whether it failed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from textwrap import dedent

import pytest

from playground.processes import ROOT

pytestmark = pytest.mark.usefixtures("processes")

WAITS = """
    import asyncio
    from contextlib import asynccontextmanager
    from process import lifetime

    @asynccontextmanager
    async def opened(name):
        try:
            yield
        finally:
            print("closing", name, flush=True)
            await asyncio.sleep({seconds})
            print("closed", name, flush=True)

    async def main():
        async with opened("outer"), opened("inner"):
            print("ready", flush=True)
            await asyncio.Event().wait()

    lifetime.run(main)
"""


async def started(script: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", dedent(script), stdout=PIPE, stderr=PIPE, cwd=ROOT
    )


async def ended(process: Process) -> tuple[int, list[str], str]:
    """Waits for the end; returns the exit code, the lines on standard output, and the text on standard error."""
    async with asyncio.timeout(20):
        output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode().splitlines(), errors.decode()


async def line_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        return (await process.stdout.readline()).decode().strip()


def running(statements: str) -> str:
    return f"from process import lifetime\nasync def main():\n    {statements}\nlifetime.run(main)"


async def test_a_process_that_has_finished_exits_with_zero_and_loses_no_output() -> None:
    assert await ended(await started(running("print('done')"))) == (0, ["done"], "")


async def test_a_process_that_fails_logs_the_error_and_exits_with_one() -> None:
    code, _, errors = await ended(await started(running("raise ValueError('boom')")))

    assert code == 1
    assert "process failed" in errors
    assert "ValueError" in errors


async def test_a_process_that_ends_itself_keeps_its_exit_code() -> None:
    code, _, errors = await ended(await started(running("raise SystemExit(2)")))

    assert (code, errors) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_that_is_stopped_closes_what_it_opened_in_order(number: signal.Signals) -> None:
    process = await started(WAITS.format(seconds=0))
    assert await line_of(process) == "ready"

    process.send_signal(number)

    code, lines, _ = await ended(process)
    assert code == 0
    assert lines == ["closing inner", "closed inner", "closing outer", "closed outer"]


async def test_a_process_that_is_stopped_twice_exits_without_waiting() -> None:
    process = await started(WAITS.format(seconds=3600))
    assert await line_of(process) == "ready"
    process.send_signal(signal.SIGTERM)
    assert await line_of(process) == "closing inner"

    process.send_signal(signal.SIGTERM)

    code, lines, _ = await ended(process)
    assert code == 128 + signal.SIGTERM
    assert lines == []


async def test_a_closed_terminal_is_a_stop_in_order_however_often_it_is_told() -> None:
    process = await started(WAITS.format(seconds=0.2))
    assert await line_of(process) == "ready"

    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGHUP)

    assert await ended(process) == (0, [], "")  # nobody reads any more


async def test_a_process_whose_output_nobody_reads_any_more_ends_as_any_other() -> None:
    reader, writer = os.pipe()
    script = dedent(WAITS.format(seconds=0)).replace("name, flush=True", "name")  # what it says at the end is kept back
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=writer, cwd=ROOT, env=buffered)
    os.close(writer)
    async with asyncio.timeout(20):
        await asyncio.to_thread(os.read, reader, 100)  # it is ready
        os.close(reader)
        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0


async def test_whoever_wants_to_outlive_the_terminal_does() -> None:
    ignoring = "\n    import signal\n    signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    process = await started(ignoring + WAITS.format(seconds=0))
    assert await line_of(process) == "ready"

    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)

    code, lines, _ = await ended(process)
    assert (code, lines[-1]) == (0, "closed outer")


@pytest.mark.parametrize(
    "command",
    ["playground", "playground.chat", "slackbot", "agent_worker.ask", "agent_worker.evaluate"],
)
async def test_ctrl_c_while_a_command_is_still_imported_ends_it_without_a_traceback(
    command: str, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-X",
        "importtime",  # tells on stderr what has been imported
        "-m",
        command,
        "doctor" if command == "slackbot" else "--help",
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stderr is not None
    said = ""
    while said.rpartition("|")[2].strip() != "asyncio":  # one of the first, and much comes after it
        said = (await process.stderr.readline()).decode()
        assert said, "it has ended without this import"
    process.send_signal(signal.SIGINT)

    async with asyncio.timeout(20):
        _, errors = await process.communicate()

    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in errors.decode()
