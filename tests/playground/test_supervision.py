"""A process that ends is started again and says so. A server that is taken away stays away until it is brought back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.page.notices import Notices
from playground.supervision import SupervisedProcess, SupervisedServer
from playground.temporal_server import DevServer, free_port, is_in_use

LIVES = """\
import sys, time
print("up and listening", flush=True)
time.sleep(600)
"""


class Noticed:
    """Is called after each change, as the page is, and waits for conditions."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                self._event.clear()
                await self._event.wait()


@pytest.fixture
def module(processes: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "lasting.py").write_text(LIVES)
    (tmp_path / "refusing.py").write_text("import sys; print('SETTING is not set'); sys.exit(2)")
    monkeypatch.chdir(tmp_path)
    return "lasting"


async def test_a_process_that_is_killed_is_started_again(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    noticed = Noticed()
    process = SupervisedProcess(module, "one", {}, ready="up and listening", changed=noticed, is_loud=False)
    await process.launch()
    await process.comes_up()
    first, keeping = process.pid, asyncio.create_task(process.keep_running())

    await process.kill()
    await noticed.until(lambda: not process.is_up)
    await noticed.until(lambda: process.is_up)

    assert (process.restarts, process.pid != first) == (1, True)
    assert "one | is back" in capsys.readouterr().out
    keeping.cancel()
    await process.stop()
    assert process.pid is None


async def test_a_process_whose_file_is_broken_waits_until_it_is_mended_and_says_where(
    module: str, tmp_path: Path
) -> None:
    noticed = Noticed()
    notices = Notices(noticed)
    process = SupervisedProcess(
        module, "one", {}, ready="up and listening", changed=noticed, is_loud=False, notices=notices, is_watched=True
    )
    await process.launch()
    await process.comes_up()
    keeping = asyncio.create_task(process.keep_running())

    (tmp_path / "lasting.py").write_text(f"{LIVES}print(")
    await process.restart("lasting.py has changed")
    await noticed.until(lambda: process.why == "does not start")
    (notice,) = notices.shown
    assert (process.pid, process.is_up, process.restarts) == (None, False, 1)
    assert (notice.kind, notice.detail) == ("not_started", "SyntaxError: '(' was never closed")

    (tmp_path / "lasting.py").write_text(LIVES)
    await process.restart("lasting.py has changed")
    await noticed.until(lambda: process.is_up)
    (notice,) = notices.shown
    assert notice.kind == "restarted"
    assert notice.title.startswith("lasting.py has changed: the one was started again, in ")
    keeping.cancel()
    await process.stop()


async def test_settings_that_are_refused_after_a_change_are_shown_and_end_nothing(module: str, tmp_path: Path) -> None:
    noticed, notices = Noticed(), Notices()
    process = SupervisedProcess(
        module, "one", {}, ready="up and listening", changed=noticed, is_loud=False, notices=notices, is_watched=True
    )
    await process.launch()
    await process.comes_up()
    keeping = asyncio.create_task(process.keep_running())

    (tmp_path / "lasting.py").write_text("import sys; print('Look:', '  SETTING is not set', sep='\\n'); sys.exit(2)")
    await process.restart("lasting.py has changed")
    await noticed.until(lambda: process.why == "does not start")

    assert [notice.detail for notice in notices.shown] == ["SETTING is not set"]
    assert not keeping.done()
    keeping.cancel()


async def test_wrong_settings_end_it_all_and_are_shown(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    process = SupervisedProcess("refusing", "one", {}, ready="never", changed=lambda: None, is_loud=False)
    await process.launch()

    with pytest.raises(SystemExit) as ended:
        await process.comes_up()

    assert ended.value.code == 2
    assert "SETTING is not set" in capsys.readouterr().err


async def test_temporal_is_started_again_and_stays_away_while_it_is_taken_away(processes: None, tmp_path: Path) -> None:
    noticed, port = Noticed(), free_port()
    server = SupervisedServer(DevServer(port=port, database=tmp_path / "temporal.db"), changed=noticed)
    await server.start()
    keeping = asyncio.create_task(server.keep_running())

    await server.kill()
    assert not server.is_up
    await noticed.until(lambda: server.is_up)
    assert server.restarts == 1

    await server.go_away(is_away=True)
    assert not is_in_use(port)
    assert not server.is_up
    await server.go_away(is_away=False)
    await noticed.until(lambda: server.is_up)

    assert is_in_use(port)
    keeping.cancel()
    await server.stop()
    assert not is_in_use(port)
