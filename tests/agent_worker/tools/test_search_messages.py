"""Promises of the tool that searches: it works only with Slack's permission."""

from __future__ import annotations

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackSearch, SlackView
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.search_messages import search_messages
from tests.support.agent_worker.slack_views import FOUND, LINK, NotedView


async def test_it_searches_with_the_words_and_the_time_that_the_model_gives(
    toolbox: OpenToolbox, view: NotedView
) -> None:
    args = {"query": "the new office", "since": "2026-11-01", "until": ""}

    told = await toolbox.run("search_messages", args, given={SlackSearch: view})

    assert told == {"output": FOUND, "sources": [{"text": "Anna in #general", "url": LINK}]}
    assert view.asked == [("search_messages", "the new office", "2026-11-01", "")]


async def test_without_permission_it_says_so(toolbox: OpenToolbox, view: NotedView) -> None:
    refused = await toolbox.run("search_messages", {"query": "x"}, given={SlackView: view})

    assert refused == {"error": "Slack does not permit to search just now."}
    assert view.asked == []


async def test_it_searches_for_something(toolbox: OpenToolbox, view: NotedView) -> None:
    refused = await toolbox.run("search_messages", {"query": ""}, given={SlackSearch: view})

    assert "query: String should have at least 1 character" in refused["error"]


def test_people_see_what_is_searched_for() -> None:
    policy = Toolbox([search_messages]).policy("search_messages", {"query": "the\nnew office"})

    assert policy.title == "Searching for the new office"
