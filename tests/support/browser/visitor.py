"""A visitor who uses the page as people do: by labels and texts, with the mouse or the keyboard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

ANSWERED = 60_000  # milliseconds, for a whole turn on a busy machine
Colours = Literal["light", "dark"]


class Visitor:
    """An open page and its parts. `complaints` are the errors and warnings in the browser's console so far."""

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints
        self.sidebar = page.locator("#sidebar")
        self.main = page.locator("#main")
        self.thread = page.locator("#thread")
        self.drawer = page.locator("#drawer")
        self.keyboard = page.keyboard

    def composer(self, pane: Locator | None = None) -> Locator:
        return (pane or self.main).locator(".composer").last.get_by_role("textbox")

    async def go_to(self, name: str) -> None:
        await self.sidebar.get_by_role("link", name=name).click()

    async def speak_as(self, name: str) -> None:
        await self.sidebar.get_by_role("button", name="Speaking as").click()
        await self.page.get_by_role("menuitemradio", name=name).click()

    async def say(self, text: str, pane: Locator | None = None) -> None:
        """Writes a message and sends it, without choosing a completion."""
        composer = self.composer(pane)
        await composer.fill(text)
        await composer.press("Enter")

    async def open_direct_messages(self) -> None:
        await self.go_to("agent")
        await self.main.get_by_role("link", name="Messages").click()
        await expect(self.composer()).to_be_visible()

    def answers(self) -> Locator:
        """The complete answers in the open thread: the messages with feedback buttons."""
        return self.thread.locator(".message").filter(has=self.page.get_by_role("group", name="Feedback"))

    async def answered(self, times: int = 1) -> Locator:
        """Waits until the open thread has this number of answers. Returns the last answer."""
        await expect(self.answers()).to_have_count(times, timeout=ANSWERED)
        return self.answers().last

    async def ids(self) -> Any:
        """{user, channel}: the ids of the person who speaks and of the open channel."""
        place = re.fullmatch(r".*#/(\w+).*", self.page.url)
        return {
            "user": await self.page.evaluate("sessionStorage.getItem('person')"),
            "channel": place[1] if place else "",
        }


@asynccontextmanager
async def visitor(
    browser: Browser,
    address: str,
    *,
    at: str = "/",
    width: int = 1280,
    height: int = 800,
    colours: Colours = "light",
    scale: float = 1,
) -> AsyncIterator[Visitor]:
    """The page at the address `at` in a new browser profile. Errors and warnings in its console fail the test."""
    complaints: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=colours,
        device_scale_factor=scale,
        locale="en-GB",
    )
    page = await context.new_page()
    page.on("console", complained)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(at)
    await expect(page.get_by_role("button", name="Break it")).to_be_visible()
    yield Visitor(page, complaints)
    await context.close()
    assert complaints == []
