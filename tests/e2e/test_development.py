"""The developer's loop through the real `make run`: a file is saved, the worker starts again, and the page says so."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from playground.processes import ROOT, ManagedProcess
from playground.temporal_server import free_port
from tests.support.playground.running import READY, Page, opened
from tests.support.slackbot.conversations import eventually

PARTS = ("agent_worker", "slackbot", "process", "text", "emulators", "playground", "agents", "mcp.json")
TOOL = "agent_worker/tools/ip_address.py"
ASK = "are there any weather alerts where I am?"
LONGEST = 4.0  # seconds from a change until a new worker is being started: twice the promise, on a busy machine
BODY = "    service = "  # where the tool's function begins
WAITING = """\
    import asyncio, pathlib
    while not pathlib.Path("go").exists():
        await asyncio.sleep(0.02)
"""
DEFECT = '    {}["nothing"]\n'
BROKEN = "    {\n"
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]


class Development(Page):
    """The page of the playground that runs in `project`."""

    project: Path

    @property
    def worker(self) -> dict[str, Any]:
        return self.shown["process/worker"]

    def notice(self, kind: str) -> dict[str, Any]:
        """The newest notice of this kind; empty if there is none."""
        return next((one for one in reversed(self.all("notice").values()) if one["kind"] == kind), {})

    @property
    def tool(self) -> Path:
        """The file of the tool that the tests change."""
        return self.project / TOOL

    def line_of(self, text: str) -> int:
        return self.tool.read_text().partition(text)[0].count("\n") + 1

    def edit(self, old: str, new: str) -> None:
        """Saves the tool with other code."""
        text = self.tool.read_text()
        assert old in text
        self.tool.write_text(text.replace(old, new, 1))

    async def change(self, old: str, new: str) -> None:
        """The same, and the worker is back."""
        before = self.notice("restarted")
        self.edit(old, new)
        await self.until(lambda: self.notice("restarted") != before and self.worker["is_up"])

    async def ask(self) -> str:
        place = self.place("anna", "general")
        asked = f"<@{self.shown['bot']['user_id']}> {ASK}"
        return str((await self.visitor.do("say", **place, text=asked))["ts"])

    async def steps(self, thread_ts: str, kind: str) -> list[dict[str, Any]]:
        where = {"channel": self.place("anna", "general")["channel"], "thread_ts": thread_ts}
        status, inside = await self.visitor.get("/page/inside", **where)
        return [step for step in inside["steps"] if step["kind"] == kind] if status == 200 else []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(processes: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Development]:
    """The page of a playground that runs in a copy of the project, whose files the tests may change."""
    project = tmp_path_factory.mktemp("project")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, project / part)
    ports = {name: str(free_port()) for name in ("PLAYGROUND_SLACK_PORT", "PLAYGROUND_TEMPORAL_PORT")}
    run = ManagedProcess("playground", ports, ready=READY, directory=project)
    try:
        await run.start()
        async with opened(ports, Development()) as page:
            page.project = project
            yield page
    finally:
        await run.stop()


@pytest.fixture(autouse=True)
def mended(page: Development) -> Iterator[None]:
    """The tool is mended after each test."""
    good = page.tool.read_text()
    yield
    page.tool.write_text(good)


async def test_a_change_in_mid_turn_restarts_the_worker_and_the_turn_goes_on_from_its_last_step(
    page: Development,
) -> None:
    await page.change(BODY, WAITING + BODY)
    first = page.worker["pid"]
    asked = await page.ask()
    await eventually(lambda: page.steps(asked, "tool"))
    other = page.project / "agent_worker/tools/weather_alerts.py"
    began = time.monotonic()
    other.write_text(other.read_text() + "# changed")
    await page.until(lambda: page.worker["pid"] not in (first, None))
    restarted = time.monotonic() - began
    await page.until(lambda: "weather_alerts.py has changed: the worker was" in page.notice("restarted")["title"])
    (page.project / "go").write_text("")
    await page.until(lambda: page.answers(asked))
    models, tools = await page.steps(asked, "model"), await page.steps(asked, "tool")

    assert restarted < LONGEST
    assert [step["attempts"] for step in models] == [1] * len(models)
    assert [step["attempts"] for step in tools] == [2, 1, 1]
    assert "New York" in page.answers(asked)[0]


async def test_a_defect_is_told_with_file_and_line_and_not_in_slack(page: Development) -> None:
    line = page.line_of(BODY)
    await page.change(BODY, DEFECT + BODY)

    asked = await page.ask()
    failed = await page.until(lambda: page.notice("failed"))
    await page.until(lambda: page.answers(asked))

    assert (failed["title"], failed["detail"]) == ("get_ip_address failed", "KeyError: 'nothing'")
    assert (failed["place"], failed["code"], failed["thread_ts"]) == (f"{TOOL}:{line}", DEFECT.strip(), asked)
    assert "KeyError" not in str(page.all("message"))
    await page.change(DEFECT, "")
    await page.until(lambda: not page.notice("failed"))


async def test_while_a_file_cannot_be_read_the_worker_is_down_and_the_page_says_where(page: Development) -> None:
    page.edit(BODY, BROKEN + BODY)
    broken = await page.until(lambda: page.notice("not_started"))
    await page.until(lambda: page.worker["why"] == "does not start")
    down = page.worker
    asked = await page.ask()
    page.edit(BROKEN, "")
    await page.until(lambda: page.answers(asked))

    assert (broken["detail"].partition(":")[0], broken["place"].partition(":")[0]) == ("SyntaxError", TOOL)
    assert (down["is_up"], down["pid"], page.notice("not_started")) == (False, None, {})
    assert "New York" in page.answers(asked)[0]
