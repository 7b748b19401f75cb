"""Promises of the tool that reads a channel: it asks the view for just what the model wants."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackView
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.read_channel import read_channel
from tests.support.agent_worker.slack_views import FOUND, LINK, NotedView


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        ({}, ("here", "", "", 50)),
        ({"channel": "#general", "since": "2026-11-27"}, ("#general", "2026-11-27", "", 50)),
        (
            {"channel": "C1", "since": "2026-11-27T10:15", "until": "2026-11-28T00:00+01:00", "limit": 100},
            ("C1", "2026-11-27T10:15", "2026-11-28T00:00+01:00", 100),
        ),
    ],
)
async def test_it_reads_this_channel_unless_the_model_names_another(
    toolbox: OpenToolbox, view: NotedView, args: dict[str, Any], asked: tuple[Any, ...]
) -> None:
    told = await toolbox.run("read_channel", args, given={SlackView: view})

    assert told == {"output": FOUND, "sources": [{"text": "Anna in #general", "url": LINK}]}
    assert view.asked == [("read_channel", *asked)]


@pytest.mark.parametrize("limit", [0, 101, "many"])
async def test_no_call_asks_for_more_than_a_hundred_messages(
    toolbox: OpenToolbox, view: NotedView, limit: object
) -> None:
    refused = await toolbox.run("read_channel", {"limit": limit}, given={SlackView: view})

    assert "limit: Input should be" in refused["error"]
    assert view.asked == []


@pytest.mark.parametrize(
    ("channel", "title"),
    [
        ("here", "Reading this channel"),
        ("", "Reading this channel"),
        ("general", "Reading #general"),
        ("#general", "Reading #general"),
        ("büro-zürich_2", "Reading #büro-zürich_2"),
        ("C0123ABCD", "Reading a channel"),
        ("<#C0123ABCD|general>", "Reading a channel"),
        ("https://evil.example/archives/C0123ABCD", "Reading a channel"),
    ],
)
def test_people_see_which_channel_is_read_but_no_ids(channel: str, title: str) -> None:
    assert Toolbox([read_channel]).policy("read_channel", {"channel": channel}).title == title
