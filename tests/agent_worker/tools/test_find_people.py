"""Promises of the tool that finds people."""

from __future__ import annotations

import pytest

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackView
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.find_people import find_people
from tests.support.agent_worker.slack_views import FOUND, NotedView


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        ({"query": "anna"}, ("anna", "")),
        ({"query": "designer", "channel": "general"}, ("designer", "general")),
        ({"channel": "here"}, ("", "here")),
    ],
)
async def test_it_looks_for_words_among_everybody_or_in_one_channel(
    toolbox: OpenToolbox, view: NotedView, args: dict[str, str], asked: tuple[str, ...]
) -> None:
    told = await toolbox.run("find_people", args, given={SlackView: view})

    assert told["output"] == FOUND
    assert view.asked == [("find_people", *asked)]


@pytest.mark.parametrize(
    ("args", "title"),
    [({"query": "anna"}, "Looking for people: anna"), ({"channel": "general"}, "Looking for people")],
)
def test_people_see_for_whom_it_looks(args: dict[str, str], title: str) -> None:
    assert Toolbox([find_people]).policy("find_people", args).title == title
