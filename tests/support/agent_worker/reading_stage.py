"""A Slack in which people ask the agent to read: what it reads for them, and what it says if it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from agent_worker.contract.messages import Thread
from agent_worker.conversation.wording.permalinks import links_in, permalink
from agent_worker.payloads.links import LinkContents, ReadLinks
from agent_worker.payloads.thread import Author
from agent_worker.slack.reading.view import View
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError
from emulators.slack.emulator import SlackEmulator
from tests.support.agent_worker.slack_stage import WORKSPACE_URL, SlackStage, slack_stage


@dataclass(frozen=True)
class ReadingStage:
    """Anna is a full member, and asks in the thread that she has begun in #general, unless somebody else does."""

    stage: SlackStage

    @property
    def slack(self) -> SlackEmulator:
        return self.stage.slack

    @property
    def anna(self) -> str:
        return self.stage.anna

    @property
    def general(self) -> str:
        return self.stage.channel

    def thread_in(self, channel: str) -> Thread:
        """A thread somewhere else, in which nobody but the agent has written; a channel is all that matters."""
        return Thread(team=self.slack.team_id, channel=channel, thread_ts="1700000000.000001")

    def direct(self, person: str) -> Thread:
        return self.thread_in(self.slack.open_dm(person))

    def view(self, *askers: str, thread: Thread | None = None, token: str = "") -> View:
        authors = [Author(id=asker) for asker in askers or (self.anna,)]
        return self.stage.ours.reading.view(thread or self.stage.thread, authors, token)

    def view_for_app(self, thread: Thread | None = None) -> View:
        return self.stage.ours.reading.view(thread or self.stage.thread, [], "")

    async def read(self, view: View, channel: str, since: str = "", until: str = "", limit: int = 50) -> list[str]:
        return said(await view.read_channel(channel, since, until, limit))

    async def refused(self, *askers: str, channel: str, thread_in: str = "") -> str:
        """The sentence with which a channel is not read into a thread, in #general or in the channel `thread_in`."""
        thread = self.thread_in(thread_in) if thread_in else None
        return await refusal(self.view(*askers, thread=thread).read_channel(channel, "", "", 10))

    def link(self, channel: str, ts: str, thread_ts: str = "") -> str:
        return permalink(WORKSPACE_URL, channel, ts, thread_ts)

    async def links(
        self, *urls: str, askers: Sequence[str] | None = None, thread: Thread | None = None
    ) -> list[LinkContents]:
        links = [link for url in urls for link in links_in(url)]
        authors = [Author(id=asker) for asker in ([self.anna] if askers is None else askers)]
        request = ReadLinks(thread=thread or self.stage.thread, askers=authors, links=links)
        return (await self.stage.ours.reading.links(request)).contents

    def private(self, name: str, *members: str, text: str = "the secret") -> tuple[str, str]:
        """A private channel of these people and the agent, in which the first one has written: its id, and the `ts`."""
        channel = self.slack.add_channel(name, members=members, is_private=True)
        return channel, self.slack.say(members[0], channel, text)

    def public(self, name: str, *members: str, text: str = "for everybody", **more: Any) -> tuple[str, str]:
        channel = self.slack.add_channel(name, members=members, **more)
        return channel, self.slack.say(members[0], channel, text)


@asynccontextmanager
async def reading_stage(**profile: Any) -> AsyncIterator[ReadingStage]:
    async with slack_stage(hurried=True, **profile) as stage:
        yield ReadingStage(stage)


async def refusal(reading: Awaitable[Sourced]) -> str:
    """The sentence with which something is not read."""
    with pytest.raises(ToolError) as refused:
        await reading
    return str(refused.value)


def said(found: Sourced) -> list[str]:
    """The messages of a result, as a person would write them down."""
    return [readable_row(row) for row in found.result["messages"]]


def readable_row(row: dict[str, Any]) -> str:
    words = "\n".join([row.get("text", ""), *(one.get("text", "") for one in row.get("attached", []))]).strip()
    return f"{'You' if row.get('yours') else row['from']}: {words}"
