"""Promises of the tool that reads a thread: it hands the link on, and a refusal is an answer."""

from __future__ import annotations

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackView
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.read_thread import read_thread
from tests.support.agent_worker.slack_views import FOUND, LINK, NotedView


async def test_it_reads_what_the_link_leads_to(toolbox: OpenToolbox, view: NotedView) -> None:
    told = await toolbox.run("read_thread", {"link": LINK}, given={SlackView: view})

    assert told == {"output": FOUND, "sources": [{"text": "Anna in #general", "url": LINK}]}
    assert view.asked == [("read_thread", LINK)]


async def test_what_may_not_be_read_is_a_sentence_for_the_model(toolbox: OpenToolbox) -> None:
    refused = await toolbox.run("read_thread", {"link": LINK}, given={SlackView: NotedView(refusal="Not here.")})

    assert refused == {"error": "Not here."}


def test_its_title_shows_nobody_the_address() -> None:
    assert Toolbox([read_thread]).policy("read_thread", {"link": LINK}).title == "Reading a thread"
