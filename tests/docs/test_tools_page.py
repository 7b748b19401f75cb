"""The tool that reads Slack on the page for authors works as it stands."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import httpx

from agent_worker.toolbox.slack_view import SlackView
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.slack_views import LINK, NotedView

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"


async def test_the_tool_on_the_page_reads_what_the_view_lets_it_read(tmp_path: Path) -> None:
    source = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert source is not None
    (tmp_path / "standup.py").write_text(source[1])
    spec = importlib.util.spec_from_file_location("standup", tmp_path / "standup.py")
    assert spec is not None
    assert spec.loader is not None
    standup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(standup)
    note, other = {"from": "Anna", "text": "Standup: invoices"}, {"from": "Ben", "text": "Lunch?"}
    view, away = NotedView({"messages": [note, other]}), NotedView(refusal="That channel is private.")

    async with httpx.AsyncClient() as http:
        tools = Toolbox([standup.read_standup]).open(http, [])
        told = await tools.run("read_standup", {}, given={SlackView: view})
        refused = await tools.run("read_standup", {}, given={SlackView: away})

    assert told == {"output": {"notes": [note]}, "sources": [{"text": "Anna in #general", "url": LINK}]}
    assert refused == {"error": "That channel is private."}
    assert view.asked == [("read_channel", "standup", "", "", 50)]
