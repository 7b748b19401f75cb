"""Promises of the Home tab: each person sees only their own conversations, with their states, and can stop them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_worker.payloads import errors
from slackbot.conversations import recent, signals
from slackbot.listeners import home_tab
from slackbot.listeners.suggested_prompts import PROMPTS
from tests.support.slackbot.conversations import ConversationStage, conversation_stage

STOPPED = errors.sentence(errors.STOPPED)


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[ConversationStage]:
    async with conversation_stage(temporal_address) as stage:
        yield stage


async def opened(stage: ConversationStage, user: str) -> str:
    """Somebody opens the Home tab; returns its text."""
    stage.slack.open_app_home(user, "home")
    await stage.heard()
    return shown(stage, user)


def shown(stage: ConversationStage, user: str) -> str:
    return stage.slack.visible_text(stage.slack.home(user) or {"blocks": []})


def buttons(stage: ConversationStage, user: str) -> list[dict[str, Any]]:
    page = stage.slack.home(user)
    assert page is not None
    return [button for block in page["blocks"] if block["type"] == "actions" for button in block["elements"]]


async def test_the_first_page_says_what_the_agent_can_do_and_how_to_begin(stage: ConversationStage) -> None:
    page = await opened(stage, stage.anna)

    assert home_tab.ABILITIES in page
    assert all(prompt["message"] in page for prompt in PROMPTS)
    assert home_tab.NONE_YET in page
    assert buttons(stage, stage.anna) == []


async def test_each_person_sees_their_own_conversations_and_nobody_elses(stage: ConversationStage) -> None:
    mine = await stage.ask(stage.anna, "Weather in Oslo")
    direct = stage.slack.open_dm(stage.anna)
    private = await stage.ask(stage.anna, "A secret", direct)
    theirs = await stage.ask(stage.ben, "Lunch")
    await stage.are_listed(stage.anna, mine, private)
    await stage.are_listed(stage.ben, theirs)

    annas, bens = await opened(stage, stage.anna), await opened(stage, stage.ben)

    assert ["Weather in Oslo" in annas, "A secret" in annas, "Lunch" in annas] == [True, True, False]
    assert ["Weather in Oslo" in bens, "A secret" in bens, "Lunch" in bens] == [False, False, True]


async def test_a_conversation_is_shown_with_its_place_its_state_and_a_link_that_opens_it(
    stage: ConversationStage,
) -> None:
    root = await stage.ask(stage.anna, "Weather in Oslo")
    await stage.is_over(root, stage.anna)

    page = await opened(stage, stage.anna)

    assert "Conversation in #general" in page
    assert "ready for your next message" in page
    (button,) = buttons(stage, stage.anna)
    at = f"{stage.channel}/p{root.replace('.', '')}?thread_ts={root}&cid={stage.channel}"
    assert (button["text"]["text"], button["url"]) == ("Open", f"{stage.bot.url}archives/{at}")


async def test_a_title_is_shown_as_plain_words_on_one_line(stage: ConversationStage) -> None:
    root = await stage.ask(stage.anna, f"<!channel>\n& {'long ' * 30}")
    await stage.are_listed(stage.anna, root)

    await opened(stage, stage.anna)

    texts = str(stage.slack.home(stage.anna))
    assert "<!channel>" not in texts
    assert "*&lt;!channel&gt; &amp; long" in texts
    assert "…*" in texts


async def test_open_is_acknowledged_and_changes_nothing(stage: ConversationStage) -> None:
    root = await stage.ask(stage.anna)
    await stage.are_listed(stage.anna, root)
    await opened(stage, stage.anna)

    stage.slack.press_home_button(stage.anna, home_tab.HOME_OPEN_BUTTON)
    await stage.heard()

    assert len(stage.calls("views.publish")) == 1


# Stop


async def test_stop_stops_what_the_agent_does_and_the_page_says_so(stage: ConversationStage) -> None:
    other = await stage.set_to_work(stage.anna)
    root = await stage.set_to_work(stage.anna)
    await stage.are_listed(stage.anna, root, other)
    before = await opened(stage, stage.anna)
    (stop, _) = [button for button in buttons(stage, stage.anna) if button["text"]["text"] == "Stop"]
    assert root in stop["value"]

    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON, stop["value"])
    await stage.heard()
    after = shown(stage, stage.anna)

    assert await stage.answered(root) == [STOPPED]
    assert stage.answers(other) == []
    assert (before.count("at work"), before.count("stopping")) == (2, 0)
    assert [button["value"] for button in buttons(stage, stage.anna) if button["text"]["text"] == "Stop"] != []
    assert root not in str([one.get("value") for one in buttons(stage, stage.anna)]), after


async def test_a_stopped_conversation_is_ready_again_and_has_no_stop_button(stage: ConversationStage) -> None:
    root = await stage.set_to_work(stage.anna)
    await stage.are_listed(stage.anna, root)
    await opened(stage, stage.anna)
    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON)
    await stage.answered(root)
    await stage.is_over(root, stage.anna)

    page = await opened(stage, stage.anna)

    assert "ready for your next message" in page
    assert [button["text"]["text"] for button in buttons(stage, stage.anna)] == ["Open"]


async def test_a_direct_conversation_is_still_shown_after_a_stop(stage: ConversationStage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = await stage.set_to_work(stage.anna, direct)
    await stage.are_listed(stage.anna, root, direct=direct)
    await opened(stage, stage.anna)

    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON)
    await stage.heard()

    assert "Direct message" in shown(stage, stage.anna)
    assert await stage.answered(root) == [STOPPED]


async def test_stop_of_a_conversation_that_has_closed_meanwhile_shows_it_as_closed(stage: ConversationStage) -> None:
    root = await stage.set_to_work(stage.anna)
    await stage.are_listed(stage.anna, root)
    await opened(stage, stage.anna)
    await stage.close(root)
    await stage.is_over(root, stage.anna)

    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON)
    await stage.heard()

    assert "closed; write there to go on" in shown(stage, stage.anna)


# When something is away


async def test_while_temporal_is_away_the_page_says_so_and_that_nothing_is_lost(stage: ConversationStage) -> None:
    stage.line.is_dead = True

    assert home_tab.AWAY in await opened(stage, stage.anna)


async def test_if_temporal_did_not_take_a_stop_the_page_says_so_and_stop_can_be_pressed_again(
    stage: ConversationStage,
) -> None:
    root = await stage.set_to_work(stage.anna)
    await stage.are_listed(stage.anna, root)
    await opened(stage, stage.anna)
    stage.line.is_dead = True

    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON)
    await stage.heard()

    assert home_tab.NOT_STOPPED in shown(stage, stage.anna)
    assert stage.answers(root) == []
    stage.line.is_dead = False
    await opened(stage, stage.anna)
    stage.slack.press_home_button(stage.anna, home_tab.HOME_STOP_BUTTON)
    assert await stage.answered(root) == [STOPPED]


async def test_if_temporal_does_not_answer_the_page_is_shown_within_slacks_three_seconds(
    temporal_address: str,
) -> None:
    assert signals.TIMEOUT + recent.TIMEOUT + home_tab.PUBLISH_TIMEOUT < 3
    async with conversation_stage(temporal_address, timeout=0.01) as stage:
        stage.line.passable.clear()

        assert home_tab.AWAY in await opened(stage, stage.anna)


@pytest.mark.parametrize("error", ["not_enabled", "ratelimited", "internal_error", "user_not_found"])
async def test_a_page_that_slack_refuses_is_made_again_at_the_next_opening(
    stage: ConversationStage, error: str
) -> None:
    stage.slack.faults.add(method="views.publish", kind="error", error=error)

    await opened(stage, stage.anna)

    assert stage.slack.home(stage.anna) is None
    assert home_tab.NONE_YET in await opened(stage, stage.anna)


async def test_the_opening_is_acknowledged_while_slack_is_slow_with_the_page(stage: ConversationStage) -> None:
    held = stage.slack.hold("views.publish")
    stage.slack.open_app_home(stage.anna, "home")
    await held.reached()

    await stage.heard()

    assert stage.slack.home(stage.anna) is None
    held.release()


async def test_of_two_pages_made_at_the_same_time_only_the_newer_is_shown(stage: ConversationStage) -> None:
    stage.line.passable.clear()
    stage.slack.open_app_home(stage.anna, "home")
    stage.slack.open_app_home(stage.anna, "home")
    await stage.slack.until(lambda: stage.line.waiting >= 2)

    stage.line.passable.set()
    await stage.heard()

    assert len(stage.calls("views.publish")) == 1


@pytest.mark.parametrize(
    "fields", [{"user": None}, {"user": "B1"}, {"user": ["U1"]}, {"channel": 5}, {"tab": ["home"]}]
)
async def test_an_opening_of_any_shape_is_acknowledged(stage: ConversationStage, fields: dict[str, Any]) -> None:
    direct = stage.slack.open_dm(stage.anna)
    event = {"type": "app_home_opened", "user": stage.anna, "channel": direct, "tab": "home", "event_ts": "1.0"}

    stage.slack._backend.feed.announce("app_home_opened", event | fields, channel=direct, ts="1.0")

    await stage.heard()
