"""A server asks before it goes on, through the real processes: a form in the thread, whatever happens meanwhile."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_worker.contract.questions import APPROVE_BUTTON, FILL_BUTTON, LINK_BUTTON, OPENED_BUTTON
from emulators.gemini.answers import calls, text
from tests.support.e2e.form_card import FormCard
from tests.support.e2e.stage import Stage
from tests.support.mcp.servers import ASKING, calls_of, written

NOT_FOR_OTHERS = "Only @anna can decide this."


@pytest.fixture
async def stage(temporal_address: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The worker has a server of the official package that asks, and one that speaks the older protocol."""
    async with Stage(temporal_address, tmp_path) as stage:
        shop = {"command": sys.executable, "args": [ASKING, str(tmp_path)]}
        servers = {"shop": shop, "odd": written(tmp_path, "--old", env={})}
        (tmp_path / "servers.json").write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
        stage.change_default_agent('approve: ["!*__*", "shop__buy"]')
        stage.worker = stage.process("agent_worker", ready="worker is ready", MCP_CONFIG="servers.json")
        await stage.start()
        yield stage
        stage.gemini.assert_script_finished()


async def asked(stage: Stage, tool: str, *then: str, approves: bool = False) -> FormCard:
    """Anna has asked for something, and the card of the server stands in the thread."""
    stage.gemini.script(calls((tool, {})), *map(text, then))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> buy me a mug")
    card = FormCard(stage, ts)
    if approves:
        await card.says("can decide this")
        card.press(stage.anna, APPROVE_BUTTON)
    await card.says("can answer this")
    return card


def results(stage: Stage) -> list[dict[str, Any]]:
    """The results of tool calls that the last model call was given."""
    parts = [part for content in stage.gemini.requests[-1].contents for part in content["parts"]]
    return [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]


async def test_what_is_filled_in_goes_to_the_server_and_the_answer_comes(stage: Stage, tmp_path: Path) -> None:
    card = await asked(stage, "shop__buy", "You have two red mugs.", approves=True)
    assert "Never write passwords" in card.text

    await card.fill(stage.anna, Colour="red", How_many="2")

    await card.is_followed_by("You have two red mugs.")
    await card.says("Answered by @anna")
    assert results(stage) == [{"outcome": "answered", "by": "anna", "output": "Bought 2 red."}]
    assert calls_of(tmp_path).count("bought") == 1


async def test_nobody_else_is_shown_the_form(stage: Stage) -> None:
    card = await asked(stage, "shop__wrap")

    card.press(stage.ben, FILL_BUTTON)
    await stage.slack.until(lambda: "can decide this" in str(stage.slack.modal(stage.ben)))

    assert not any(block["type"] == "input" for block in (stage.slack.modal(stage.ben) or {})["blocks"])


async def test_a_form_outlives_the_worker_and_its_server_and_the_kept_answers_do_for_the_new_one(
    stage: Stage, tmp_path: Path
) -> None:
    """The new server does not know the state of the old one: it is called afresh, and nobody is asked twice."""
    card = await asked(stage, "shop__wrap", "It is wrapped.")
    await card.fill(stage.anna, Colour="blue", How_many="3")
    await card.says("Is it a gift?")

    await stage.worker.kill()
    await stage.worker.start()
    await card.fill(stage.anna, **{"Is it a gift?": "Yes"})

    await card.is_followed_by("It is wrapped.")
    assert results(stage)[0]["output"] == "Bought 3 blue, wrapped."
    assert [calls_of(tmp_path).count(word) for word in ("started", "bought")] == [4, 1]


async def test_who_declines_ends_it_and_the_server_hears_so(stage: Stage, tmp_path: Path) -> None:
    card = await asked(stage, "shop__wrap", "As you like.")

    await card.decline(stage.anna)

    await card.is_followed_by("As you like.")
    await card.says("@anna has declined to answer")
    assert results(stage)[0]["then"] == {"output": "Nothing bought: decline."}
    assert "bought" not in calls_of(tmp_path)


async def test_a_page_is_told_to_the_asker_alone(stage: Stage) -> None:
    card = await asked(stage, "shop__pay", "It is paid.")

    refused = await card.open_page(stage.ben)
    told = await card.open_page(stage.anna)
    card.press(stage.anna, OPENED_BUTTON)

    await card.is_followed_by("It is paid.")
    assert "https://pay.example/42?a=1&b=_2_" in told
    assert refused == NOT_FOR_OTHERS
    posts = stage.slack.bot_posts(stage.channel, card.ts)
    assert not any("pay.example/42" in stage.slack.visible_text(post) for post in posts)


async def test_a_page_that_the_person_cannot_be_told_leaves_slacks_own_warning(stage: Stage) -> None:
    card = await asked(stage, "shop__pay", "It is paid.")
    before = len(stage.slack.deliveries)
    stage.slack.faults.add(method="chat.postEphemeral", kind="internal_error", times=None)

    card.press(stage.anna, LINK_BUTTON)
    await stage.bot.logged("the person could not be told about an answer")
    stage.slack.faults.clear()
    card.press(stage.anna, OPENED_BUTTON)
    await card.is_followed_by("It is paid.")

    assert [delivery.acked for delivery in stage.slack.deliveries[before : before + 2]] == [False, True]


async def test_a_server_of_the_older_protocol_is_called_again_when_the_form_is_filled_in(
    stage: Stage, tmp_path: Path
) -> None:
    card = await asked(stage, "odd__ask", "You are sure.")

    await stage.worker.kill()
    await stage.worker.start()
    await card.fill(stage.anna, sure="Yes")

    await card.is_followed_by("You are sure.")
    assert results(stage)[0]["output"] == "You say accept."
    assert calls_of(tmp_path).count("ask {}") == 2
