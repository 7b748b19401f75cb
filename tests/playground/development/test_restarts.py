"""The process that runs a file starts again when the file has changed, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.development.restarts import Restarts, Watched, reason
from playground.development.sources import sources
from playground.page.notices import Notices
from playground.processes import ROOT


class Recording:
    def __init__(self) -> None:
        self.reasons: list[str] = []

    async def restart(self, reason: str) -> None:
        self.reasons.append(reason)


class Desk:
    """The shipped code, agents of one's own, and two processes that only note why they would be restarted."""

    def __init__(self, folder: Path) -> None:
        self.agents = folder / "agents"
        self.agents.mkdir()
        (self.agents / "default.md").write_text("Be brief.")
        self.servers = folder / "mcp.json"
        self.worker, self.bot, self.notices = Recording(), Recording(), Notices()
        watched = sources({"AGENTS_DIR": str(self.agents), "MCP_CONFIG": str(self.servers)})
        self.restarts = Restarts(watched, {"worker": self.worker, "bot": self.bot}, self.notices)

    async def change(self, *paths: Path) -> tuple[list[str], list[str]]:
        """Why the worker and the bot were restarted."""
        await self.restarts.take_over(paths)
        return self.worker.reasons, self.bot.reasons


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("file", "worker", "bot"),
    [
        ("agent_worker/tools/weather_alerts.py", True, False),
        ("agent_worker/contract/messages.py", True, True),
        ("slackbot/listeners/home_tab.py", False, True),
        ("process/logs.py", True, True),
        ("text/lines.py", True, True),
    ],
)
async def test_a_file_restarts_the_processes_that_run_it(desk: Desk, file: str, *, worker: bool, bot: bool) -> None:
    of_worker, of_bot = await desk.change(ROOT / file)

    told = [f"{file} has changed"]
    assert (of_worker, of_bot) == (told if worker else [], told if bot else [])


async def test_agents_mcp_servers_and_settings_restart_the_worker(desk: Desk, tmp_path: Path) -> None:
    await desk.change(desk.agents / "default.md")
    await desk.change(desk.servers)
    await desk.change(Path(".env"))

    assert desk.worker.reasons == ["agents/default.md has changed", "mcp.json has changed", ".env has changed"]
    assert desk.bot.reasons == [".env has changed"]


async def test_many_files_are_one_restart(desk: Desk) -> None:
    await desk.change(ROOT / "agent_worker/a.py", ROOT / "agent_worker/b.py", desk.agents / "default.md")

    assert desk.worker.reasons == ["agent_worker/a.py and 2 other files have changed"]


def test_two_files_are_one_and_one_other() -> None:
    assert reason([Path("b.py"), Path("a.py")]) == "a.py and 1 other file have changed"


async def test_a_bad_file_of_an_agent_restarts_nothing_and_is_told_with_its_line_until_it_is_mended(desk: Desk) -> None:
    (desk.agents / "ops.md").write_text("---\ncolour: green\n---\nHelp.")
    await desk.change(desk.agents / "ops.md")

    (notice,) = desk.notices.shown
    assert (notice.kind, desk.worker.reasons) == ("refused", [])
    assert notice.detail.startswith("agents/ops.md:2: colour")

    (desk.agents / "ops.md").write_text("Help.")
    await desk.change(desk.agents / "ops.md")

    assert (desk.notices.shown, desk.worker.reasons) == ([], ["agents/ops.md has changed"])


async def test_code_is_taken_over_although_a_file_of_an_agent_is_bad(desk: Desk) -> None:
    (desk.agents / "default.md").unlink()
    await desk.change(desk.agents / "default.md", ROOT / "agent_worker/ask.py")

    assert desk.worker.reasons == ["agent_worker/ask.py has changed"]
    assert "agents/default.md: is missing" in desk.notices.shown[0].detail


async def test_a_failure_is_settled_when_the_file_in_which_it_was_has_changed(desk: Desk) -> None:
    for file in ("agent_worker/tools/mine.py", "agent_worker/tools/other.py"):
        desk.notices.put(file, "failed", "mine failed", place=f"{file}:7")

    await desk.change(ROOT / "agent_worker/tools/mine.py")

    assert [notice.place for notice in desk.notices.shown] == ["agent_worker/tools/other.py:7"]


async def test_a_process_that_does_not_run_here_is_left_alone(tmp_path: Path) -> None:
    restarts = Restarts([Watched(tmp_path, frozenset({"worker"}))], {}, Notices())

    await restarts.take_over([tmp_path / "tool.py"])
