"""Showing the agent something: links to messages, and what is open beside it."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
DECISION = "Decided: new labels"


async def decision(page: Visitor) -> Locator:
    """The reply in #general with yesterday's decision, in its open thread."""
    question = page.main.locator(".message", has_text="switch the warehouse to the new labels").first
    await question.get_by_role("button", name="replies").click()
    return page.thread.locator(".message", has_text=DECISION).first


async def choose(page: Visitor, message: Locator, action: str) -> None:
    """An action of the message's menu."""
    await message.hover()
    await message.get_by_role("button", name="More actions").click()
    await page.page.get_by_role("menuitem", name=action).click()


async def test_a_link_to_a_message_is_copied_and_leads_to_its_thread(page: Visitor) -> None:
    await page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await choose(page, await decision(page), "Copy link")
    note = page.page.get_by_role("status").filter(has_text="Link copied")
    link = await page.page.evaluate("navigator.clipboard.readText()")
    await expect(note).to_contain_text(link)
    assert link.startswith("https://playground.slack.com/archives/C")

    await page.go_to("random")
    await page.say(f"see {link}")
    await page.main.locator(".message").last.get_by_role("link", name=link).click()

    await expect(page.main.get_by_role("heading", name="general")).to_be_visible()
    await expect(page.thread).to_contain_text(DECISION)
    assert len(page.page.context.pages) == 1


async def test_a_message_that_is_open_beside_the_agent_is_named_above_the_composer(page: Visitor) -> None:
    await choose(page, await decision(page), "Open beside the agent")

    looking = page.main.get_by_role("group", name="What the agent is told that you look at")
    await expect(looking).to_contain_text("Looking at a message in #general")
    await expect(looking).to_contain_text(f"Anna: {DECISION}")
    await page.page.reload()
    await expect(looking).to_contain_text(DECISION)
    await looking.get_by_role("link").click()
    await expect(page.thread).to_contain_text(DECISION)


async def test_a_channel_is_open_beside_the_agent_until_the_person_stops_looking(page: Visitor) -> None:
    await page.go_to("random")
    await page.main.get_by_role("button", name="Open beside the agent").click()
    looking = page.main.get_by_role("group", name="What the agent is told that you look at")
    await expect(looking).to_contain_text("Looking at #random")

    await looking.get_by_role("button", name="Stop looking at it").click()

    await expect(looking).to_have_count(0)
    await page.go_to("general")
    await page.open_direct_messages()
    await expect(looking).to_have_count(0)


async def test_whoever_speaks_next_looks_at_nothing(page: Visitor) -> None:
    await choose(page, await decision(page), "Open beside the agent")
    looking = page.main.get_by_role("group", name="What the agent is told that you look at")
    await expect(looking).to_be_visible()

    await page.speak_as("Ben")

    await expect(page.composer()).to_be_visible()
    await expect(looking).to_have_count(0)


async def test_a_channel_in_which_people_have_talked_offers_something_to_ask(page: Visitor) -> None:
    """In a channel in which no test before this one has asked the agent something."""
    await page.go_to("storm-watch")
    head = page.main.locator(".pane-head")
    await expect(head).to_contain_text("Trucks and weather")

    await expect(page.main.get_by_role("group", name="Try one of these")).to_contain_text("What was decided?")
