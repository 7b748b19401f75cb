"""Whoever writes tools sees in the page what was started again, and what failed in which line."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from playground.page.notices import Notices
from tests.support.browser.visitor import visitor
from tests.support.playground.visiting import scene

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOSTILE = "KeyError: '<img src=x onerror=alert(1)>'"


async def test_what_has_changed_is_a_toast_and_what_has_failed_stands_until_it_is_dismissed(browser: Browser) -> None:
    async with scene() as stage, visitor(browser, stage.slack.url) as page:
        notices = stage.around.notices = Notices(stage.slack.backend.changes.nudge)
        news, standing = page.page.locator(".toast"), page.page.locator("#notices")

        notices.put("one", "restarted", "tools/mine.py has changed: the worker was started again, in 1.2 s.")
        await expect(news).to_contain_text("tools/mine.py has changed")
        await expect(standing).to_be_hidden()

        asked = stage.slack.say(stage.anna, stage.general, "count this")
        code, thread = 'return found["count"]', (stage.general, asked)
        notices.put("two", "failed", "count failed", detail=HOSTILE, place="tools/mine.py:7", code=code, thread=thread)
        await expect(standing).to_contain_text("count failed")
        await expect(standing).to_contain_text(HOSTILE)
        await expect(standing).to_contain_text('tools/mine.py:7 return found["count"]')

        await standing.get_by_role("button", name="Look inside").click()
        await expect(page.thread).to_contain_text("count this")
        await page.drawer.get_by_role("button", name="Close the drawer").click()
        page.complaints.clear()  # about Temporal, which does not run here
        await standing.get_by_role("button", name="Dismiss: count failed").click()
        await expect(standing).to_be_hidden()


async def test_a_worker_that_does_not_start_is_told_with_file_and_line_until_it_does(browser: Browser) -> None:
    async with scene() as stage, visitor(browser, stage.slack.url) as page:
        notices = stage.around.notices = Notices(stage.slack.backend.changes.nudge)
        standing = page.page.locator("#notices")

        notices.put("worker", "not_started", "The worker does not start.", detail="SyntaxError: x", place="mine.py:2")
        await expect(standing).to_contain_text("mine.py:2")
        await expect(standing.get_by_role("button")).to_have_count(0)
        notices.drop("worker")

        await expect(standing).to_be_hidden()
