"""A visit to the page of an emulated Slack in which no worker and no bot run: what is shown is what a test posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Locator, expect

from tests.support.browser.visitor import Visitor, visitor
from tests.support.emulators.views import View
from tests.support.playground.visiting import Scene, scene


@dataclass(frozen=True)
class Visit:
    """An open page where Anna sees #general, and everything with which others write there."""

    stage: Scene
    page: Visitor

    @property
    def messages(self) -> Locator:
        return self.page.main.locator(".message")

    async def post(self, *blocks: View, text: str = "?") -> Locator:
        """Posts a message of the app. Returns it as it is in the channel."""
        answer = await self.stage.client.chat_postMessage(channel=self.stage.general, text=text, blocks=blocks or None)
        return await self._shown(str(answer["ts"]))

    async def say(self, text: str, **fields: Any) -> str:
        """Ben writes a message, in Slack's escaped text. Returns its ts."""
        said = await self.stage.visitor.do("say", user=self.stage.ben, channel=self.stage.general, text=text, **fields)
        return str(said["ts"])

    async def stream(self, text: str, *, pieces: int) -> None:
        """The app streams an answer to Ben in a thread that Anna has open."""
        root = await self.say("a question")
        await (await self._shown(root)).focus()
        await self.page.keyboard.press("t")
        client, general = self.stage.client, self.stage.general
        started = await client.chat_startStream(
            channel=general,
            thread_ts=root,
            recipient_user_id=self.stage.ben,
            recipient_team_id=self.stage.slack.team_id,
        )
        ts = str(started["ts"])
        size = len(text) // pieces + 1
        for at in range(0, len(text), size):
            await client.chat_appendStream(channel=general, ts=ts, markdown_text=text[at : at + size])
        await client.chat_stopStream(channel=general, ts=ts)
        await expect(self.page.thread.locator(".message").last).to_have_attribute("data-ts", ts)
        await expect(self.page.thread.locator(".is-streaming")).to_have_count(0)

    async def open_modal(self, view: View) -> Locator:
        trigger_id = self.stage.slack.backend.views.new_trigger(self.stage.anna)
        await self.stage.client.views_open(trigger_id=trigger_id, view=view)
        dialog = self.page.page.get_by_role("dialog")
        await expect(dialog).to_be_visible()
        return dialog

    async def height(self, place: Locator) -> float:
        """How high it is on the page, in pixels."""
        box = await place.bounding_box()
        assert box is not None
        return box["height"]

    async def _shown(self, ts: str) -> Locator:
        message = self.page.main.locator(f'.message[data-ts="{ts}"]')
        await expect(message).to_be_visible()
        return message


@asynccontextmanager
async def visit(browser: Browser, **options: Any) -> AsyncIterator[Visit]:
    """The `options` are those of the visitor: width, height, colours, locale."""
    async with scene() as stage, visitor(browser, stage.slack.url, **options) as page:
        await page.page.emulate_media(reduced_motion="reduce")
        if options.get("width", 1280) > 720:
            await page.go_to("general")
        yield Visit(stage, page)
