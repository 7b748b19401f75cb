"""Somebody who uses the page as people do: by what it says, with the mouse or the keyboard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

ANSWERED = 30_000  # milliseconds, for a whole turn on a busy machine
Colours = Literal["light", "dark"]


class Visitor:
    """A page that is open; `main`, `thread` and `drawer` are its parts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sidebar = page.locator("#sidebar")
        self.main = page.locator("#main")
        self.thread = page.locator("#thread")
        self.drawer = page.locator("#drawer")
        self.keyboard = page.keyboard

    def composer(self, pane: Locator | None = None) -> Locator:
        return (pane or self.main).get_by_role("combobox").last

    async def go_to(self, name: str) -> None:
        await self.sidebar.get_by_role("link", name=name).click()

    async def speak_as(self, name: str) -> None:
        await self.sidebar.get_by_role("button", name="Speaking as").click()
        await self.page.get_by_role("menuitemradio", name=name).click()

    async def say(self, text: str, pane: Locator | None = None) -> None:
        """Writes a message and sends it; names that are mentioned are taken as they are written."""
        composer = self.composer(pane)
        await composer.fill(text)
        await composer.press("Enter")

    async def open_direct_messages(self) -> None:
        await self.go_to("agent")
        await self.main.get_by_role("link", name="Messages").click()
        await expect(self.composer()).to_be_visible()

    def answers(self) -> Locator:
        """The complete answers in the open thread: those that can be judged."""
        return self.thread.locator(".message").filter(has=self.page.get_by_role("group", name="Feedback"))

    async def answered(self, times: int = 1) -> Locator:
        """Waits for so many answers in the open thread; the last of them."""
        await expect(self.answers()).to_have_count(times, timeout=ANSWERED)
        return self.answers().last

    async def ids(self) -> Any:
        """{user, channel}: who speaks, and in which channel."""
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
    """A new browser profile in which the page is open at `at`; what the page complains of itself is a failure."""
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
    yield Visitor(page)
    await context.close()
    assert complaints == []
