"""Promises of the tool that finds channels."""

from __future__ import annotations

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackView
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.find_channels import find_channels
from tests.support.agent_worker.slack_views import FOUND, NotedView


async def test_it_looks_for_words(toolbox: OpenToolbox, view: NotedView) -> None:
    told = await toolbox.run("find_channels", {"query": "invoices"}, given={SlackView: view})
    refused = await toolbox.run("find_channels", {"query": ""}, given={SlackView: view})

    assert told["output"] == FOUND
    assert "query: String should have at least 1 character" in refused["error"]
    assert view.asked == [("find_channels", "invoices")]


def test_people_see_what_it_looks_for() -> None:
    policy = Toolbox([find_channels]).policy("find_channels", {"query": "invoices"})

    assert policy.title == "Looking for channels: invoices"
