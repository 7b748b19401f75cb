"""Each step of a run opens in the page: what was asked, what came of it, and what was called for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.support.browser.visitor import Visitor, visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def copied(page: Visitor) -> Any:
    """What the page has put on the clipboard, which is JSON."""
    await expect(page.page.get_by_role("status").filter(has_text="as JSON")).not_to_have_count(0)
    return json.loads(await page.page.evaluate("navigator.clipboard.readText()"))


async def opened(page: Visitor, step: Locator) -> Locator:
    """What is in the step, which is opened with the keyboard."""
    opener = step.get_by_role("heading").get_by_role("button")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(opener).to_have_attribute("aria-expanded", "true")
    return page.drawer.locator(f"#{await opener.get_attribute('aria-controls')}")


async def test_a_step_opens_with_the_keyboard_and_is_copied_as_json(page: Visitor) -> None:
    await page.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.say("@agent any weather alerts in Texas?")
    await page.answered()
    await page.thread.get_by_role("button", name="Look inside").click()

    tool = await opened(page, page.drawer.locator(".step[data-kind=tool]"))
    await expect(tool.locator("section").filter(has_text="Arguments").first).to_contain_text('"state": "TX"')
    await expect(tool.locator("section").filter(has_text="Result").first).to_contain_text('"output"')
    await tool.get_by_role("button", name="Copy the arguments as JSON").focus()
    await page.keyboard.press("Enter")
    assert await copied(page) == {"state": "TX"}

    model = await opened(page, page.drawer.locator(".step[data-kind=model]").last)
    for part, text in (
        ("Instructions", "Slack"),
        ("Messages", "any weather alerts in Texas?"),
        ("Tools", "get_weather_alerts"),
    ):
        summary = model.locator("summary").filter(has_text=part).first
        await summary.focus()
        await page.keyboard.press("Enter")
        await expect(summary.locator("..")).to_contain_text(text)
    await expect(model.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    await expect(model).to_contain_text("Tokens of input")
    await expect(model).to_contain_text("Cost: nothing, because a script has answered. gemini-3.8-flash would cost $")
    await expect(model.get_by_role("list", name="Slack calls")).to_contain_text("chat.")
    await model.get_by_role("button", name="Copy the request as JSON").click()
    await expect(page.page.get_by_role("status").filter(has_text="the request")).to_be_visible()
    assert "get_weather_alerts" in str((await copied(page))["tools"])


async def test_traffic_of_this_conversation_is_that_of_the_thread(page: Visitor) -> None:
    await page.say("@agent write me a haiku about the one")
    await page.answered()
    await page.page.keyboard.press("Escape")
    await page.say("@agent write me a haiku about the other")
    await page.answered()

    await page.thread.get_by_role("button", name="Look inside").click()
    await page.drawer.get_by_role("tab", name="Traffic").click()
    roots = page.drawer.get_by_role("listitem").filter(has_text="app_mention")
    await expect(roots).not_to_have_count(1)
    await page.drawer.get_by_role("button", name="This conversation only").click()

    await expect(roots).to_have_count(1)
    await expect(page.drawer.locator(".traffic")).to_contain_text("chat.stopStream")


async def test_on_a_phone_an_opened_step_scrolls_in_its_own_boxes(playground: str, browser: Browser) -> None:
    async with visitor(browser, playground, width=375, height=740) as page:
        await page.say("@agent what is my ip address?")
        await page.answered()
        await page.thread.get_by_role("button", name="Look inside").click()
        inside = await opened(page, page.drawer.locator(".step[data-kind=model]").first)
        await inside.locator("summary").filter(has_text="Instructions").first.click()

        assert await page.page.evaluate("document.documentElement.scrollWidth") == 375
        boxes = await inside.locator("pre").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
        assert max(boxes) <= 375
