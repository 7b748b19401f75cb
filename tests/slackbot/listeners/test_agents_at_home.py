"""The Home tab lists every agent with its tools, says which of them ask first, and stays within Slack's limits."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_worker.agents.publication import Publication
from agent_worker.toolbox.toolbox import Toolbox
from agent_worker.tools.file_ticket import file_ticket
from slackbot.listeners import agent_captions, home_tab
from tests.support.agent_worker.agents import agents_in, write
from tests.support.agent_worker.outside_tools import Afar, FarTool
from tests.support.slackbot.conversations import ConversationStage, conversation_stage, eventually


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def home(stage: ConversationStage, folder: Path, toolbox: Toolbox, says: str) -> str:
    """What Anna's Home tab says once a worker with these agents has told of them, and it says that."""
    await Publication(stage.rehearsal.client, stage.rehearsal.task_queue, agents_in(folder, toolbox)).publish()

    async def told() -> str:
        stage.slack.open_app_home(stage.anna, "home")
        await stage.heard()
        page = stage.slack.visible_text(stage.slack.home(stage.anna) or {"blocks": []})
        return page if says in page else ""

    return await eventually(told)


async def test_each_agent_stands_there_with_what_its_tools_do_and_whether_they_ask(
    stage: ConversationStage, tmp_path: Path
) -> None:
    write(tmp_path, "default", "description: Helps with everything.\ntools: [file_ticket]")
    write(tmp_path, "librarian", 'description: Reads our documentation.\nchannels: [library]\ntools: ["far__*"]')
    tools = Toolbox([file_ticket], source=Afar([FarTool("far__look")]))

    page = await home(stage, tmp_path, tools, says=home_tab.OTHERS)

    mine, _, others = page.partition(home_tab.OTHERS)
    assert "Helps with everything." in mine
    assert "asks first" in mine
    assert "librarian" in others
    assert "Reads our documentation." in others
    assert "asks first" not in others
    assert "library" not in others


async def test_many_agents_with_hundreds_of_tools_fit_and_the_others_are_counted(
    stage: ConversationStage, tmp_path: Path
) -> None:
    write(tmp_path, "default", f"description: {'<&>' * 90}")
    for number in range(30):
        write(tmp_path, f"agent-{number}", f"description: {'long ' * 50}")
    tools = [FarTool(f"far__{'long_' * 15}{number}") for number in range(300)]

    page = await home(stage, tmp_path, Toolbox([], source=Afar(tools)), says=home_tab.OTHERS)

    assert f"And {30 - agent_captions.AGENTS_SHOWN} more." in page
    assert page.count("agent-") == agent_captions.AGENTS_SHOWN
    assert len(re.findall(r"and 2\d\d more", page)) == 1 + agent_captions.AGENTS_SHOWN
