"""Promises of tools that read Slack: each call gets a view of its own, and where there is none they are not offered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from agent_worker.toolbox.open_toolbox import OpenToolbox
from agent_worker.toolbox.slack_view import SlackSearch, SlackView
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.outside_tools import Afar
from tests.support.agent_worker.sample_tools import EchoSettings, echo
from tests.support.agent_worker.slack_views import FOUND, LINK, SIGHTED, NotedView

TOOLBOX = Toolbox([echo, *SIGHTED], source=Afar())
NO_SLACK = {SlackView, SlackSearch}


@pytest.fixture
async def opened() -> AsyncIterator[OpenToolbox]:
    async with httpx.AsyncClient() as http:
        yield TOOLBOX.open(http, [EchoSettings()])


@pytest.mark.parametrize(
    ("lacking", "offered"),
    [
        (set(), ["echo", "far__look", "peek", "peek_and_seek", "seek"]),
        ({SlackSearch}, ["echo", "far__look", "peek"]),
        (NO_SLACK, ["echo", "far__look"]),
    ],
    ids=["with search", "without search", "without Slack"],
)
def test_a_tool_is_declared_and_can_be_called_only_where_it_gets_what_it_needs(
    lacking: set[type], offered: list[str]
) -> None:
    assert [declared["name"] for declared in TOOLBOX.declarations(None, lacking)] == offered
    assert [name for name in TOOLBOX.names() if TOOLBOX.refusal(name, None, lacking) is None] == offered


def test_a_call_that_the_model_makes_all_the_same_hears_of_the_tools_that_are_offered() -> None:
    refused = TOOLBOX.refusal("seek", ["echo", "peek", "seek"], {SlackSearch})

    assert refused == "There is no tool called seek. The tools are: echo, peek."


def test_what_people_are_told_of_a_tool_does_not_depend_on_where_they_are() -> None:
    assert set(TOOLBOX.summaries()) == set(TOOLBOX.names()) == {"echo", "far__look", "peek", "peek_and_seek", "seek"}


async def test_each_call_reads_with_the_view_that_it_was_given(opened: OpenToolbox) -> None:
    annas, bens = NotedView(), NotedView(refusal="The channel cannot be read here.")

    told = await opened.run("peek", {}, given={SlackView: annas})
    refused = await opened.run("peek", {}, given={SlackView: bens})

    assert told == {"output": FOUND, "sources": [{"text": "Anna in #general", "url": LINK}]}
    assert refused == {"error": "The channel cannot be read here."}
    assert annas.asked == bens.asked == [("read_channel", "here", "", "", 1)]


async def test_a_tool_may_take_both_of_them(opened: OpenToolbox) -> None:
    view = NotedView()

    told = await opened.run("peek_and_seek", {}, given={SlackView: view, SlackSearch: view})

    assert told == {"output": [FOUND, FOUND]}


async def test_a_call_without_what_it_needs_reads_nothing_and_says_why(opened: OpenToolbox) -> None:
    view = NotedView()

    assert await opened.run("peek", {}) == {"error": "peek works only in Slack, and this conversation is not there."}
    assert await opened.run("seek", {"what": "x"}, given={SlackView: view}) == {
        "error": "Slack does not permit to search just now."
    }
    assert view.asked == []


async def test_the_model_cannot_bring_a_view_of_its_own(opened: OpenToolbox) -> None:
    refused = await opened.run("peek", {"slack": "everything"}, given={SlackView: NotedView()})

    assert "slack is not an argument" in refused["error"]


def test_a_toolbox_opens_without_a_view() -> None:
    assert Toolbox(SIGHTED).settings_classes() == []
