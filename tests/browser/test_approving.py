"""Deciding what the agent may do, in the page and by keyboard: cards, forms, and what stays afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.support.browser.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")
SHOTS = os.environ.get("SHOTS")


async def shot(page: Visitor, name: str) -> None:
    if SHOTS:
        await page.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


async def asked(page: Visitor, what: str = "the printer on floor 3 is broken") -> Locator:
    """The card in the thread of a question for a ticket."""
    await page.go_to("general")
    await page.say(f"@agent file a ticket: {what}")
    message = page.main.locator(".message", has_text=what).last
    await message.get_by_role("button", name="repl").first.click()
    card = page.thread.locator(".message", has=page.page.get_by_role("button", name="File Ticket")).last
    await expect(card).to_be_visible()
    return card


async def test_a_ticket_is_filed_after_a_person_has_pressed_the_button(page: Visitor) -> None:
    card = await asked(page)
    await expect(card).to_contain_text("can decide this")
    await shot(page, "card")

    button = card.get_by_role("button", name="File Ticket")
    await button.focus()
    await page.page.keyboard.press("Enter")

    await expect(page.thread).to_contain_text("Approved by")
    await expect(page.thread).to_contain_text("IT-1")
    await shot(page, "settled")


async def test_edited_arguments_are_what_is_filed(page: Visitor) -> None:
    card = await asked(page, "the kettle is gone")
    await card.get_by_role("button", name="Edit").press("Enter")
    form = page.page.get_by_role("dialog")
    title = form.get_by_label("title")
    await expect(title).to_be_visible()
    await title.fill("The kettle is missing")
    await shot(page, "edit")

    await form.get_by_role("button", name="File Ticket").press("Enter")

    await expect(form).to_be_hidden()
    await expect(page.thread).to_contain_text("as edited")
    await expect(page.thread).to_contain_text("The kettle is missing")
    await shot(page, "edited")


async def test_a_cancelled_call_is_not_carried_out_and_the_reason_stays(page: Visitor) -> None:
    card = await asked(page, "the lift is slow")
    await card.get_by_role("button", name="Cancel").press("Enter")
    form = page.page.get_by_role("dialog")
    await form.get_by_label("Why not?").fill("it is always slow")
    await shot(page, "reason")

    await form.get_by_role("button", name="Don't Do It").press("Enter")

    await expect(page.thread).to_contain_text("Rejected by")
    await expect(page.thread).to_contain_text("it is always slow")
    await shot(page, "rejected")


async def test_what_is_always_allowed_is_not_asked_again_until_it_is_revoked(page: Visitor) -> None:
    card = await asked(page, "the door squeaks")
    await card.get_by_role("button", name="Always").press("Enter")
    form = page.page.get_by_role("dialog")
    await form.get_by_label("In this channel").check()
    for box in await form.get_by_role("checkbox").all():
        await box.uncheck()
    await shot(page, "always")
    await form.get_by_role("button", name="Allow Always").press("Enter")
    await expect(page.thread).to_contain_text("always in this channel")

    await page.go_to("general")
    await page.say("@agent file a ticket: the window squeaks")
    message = page.main.locator(".message", has_text="the window squeaks").last
    await message.get_by_role("button", name="repl").first.click()

    await expect(page.thread).to_contain_text("I filed")
    assert await page.thread.get_by_role("button", name="File Ticket").count() == 0
    await shot(page, "granted")
    await page.go_to("agent")
    await page.main.get_by_role("link", name="Home").click()
    home = page.main.get_by_role("region", name="Home")
    await expect(home).to_contain_text("Always allowed")
    await shot(page, "home")
    await home.get_by_role("button", name="Revoke").press("Enter")
    await page.page.get_by_role("alertdialog").get_by_role("button", name="Revoke").press("Enter")
    await expect(home.get_by_role("button", name="Revoke")).to_have_count(0)

    await asked(page, "the shelf squeaks")
