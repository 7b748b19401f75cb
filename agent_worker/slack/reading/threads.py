"""Reading what a link leads to: a message, and its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.conversation.wording.permalinks import links_in
from agent_worker.payloads.links import MessageLink
from agent_worker.payloads.thread import Source
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.channel_history import cannot_read
from agent_worker.slack.reading.excerpt import CHARACTERS, Excerpt, excerpt, is_said
from agent_worker.slack.reading.facts import Channel
from agent_worker.slack.reading.look import Look
from agent_worker.slack.thread import taken_back
from agent_worker.slack.thread.metadata import PostMetadata
from agent_worker.slack.thread.pages import ThreadPages, each_once
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError
from text.json_shapes import string

LEFT_OUT = "Some older messages of this thread are left out."
MOST_MESSAGES = 100
_ORGANISATION = ".enterprise.slack.com"  # the address of an organisation with several workspaces
_GONE = {"thread_not_found", "message_not_found"}
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Linked:
    """What a link leads to. `root` is the `ts` of the thread's first message."""

    channel: Channel
    root: str
    said: Excerpt
    is_whole: bool
    sources: list[Source]


async def read_thread(look: Look, asked: str) -> Sourced:
    links = links_in(asked)
    if not links:
        raise ToolError(sentences.NO_LINK)
    found = await read_link(look, links[0])
    result: dict[str, Any] = {
        "channel": found.channel.called,
        "id": found.channel.id,
        "messages": found.said.messages,
    }
    return Sourced(result if found.is_whole else {**result, "left_out": LEFT_OUT}, found.sources)


async def read_link(look: Look, link: MessageLink, longest: int = CHARACTERS) -> Linked:
    """Raises ToolError that says why the link cannot be read."""
    if not _is_here(link.url, look.workspace.url):
        raise ToolError(sentences.ELSEWHERE)
    channel = await look.eyes.channel(link.channel)
    try:
        root, messages, is_all = await _around(look, channel, link)
    except ApplicationError as error:
        if error.message in _GONE:
            raise ToolError(sentences.NO_SUCH_MESSAGE) from None
        raise cannot_read(channel, error) from None
    if not any(message["ts"] == link.ts for message in messages):
        raise ToolError(sentences.NO_SUCH_MESSAGE)
    kept = _most(messages, {root, link.ts})
    said = await excerpt(look, channel, kept, longest=longest, first={root, link.ts}, linked=link.ts)
    is_whole = is_all and said.is_whole and len(kept) == len(messages)
    return Linked(channel, root, said, is_whole, _sources(said, look, channel, link, root))


async def _around(look: Look, channel: Channel, link: MessageLink) -> tuple[str, list[dict[str, Any]], bool]:
    """The `ts` of the root, the messages that were said, and whether these are the whole thread."""
    pages = ThreadPages(look.api)
    thread = Thread(team=look.thread.team, channel=channel.id, thread_ts=link.thread_ts or link.ts)
    found, since = await pages.newest(thread)
    named = [string(message.get("thread_ts")) for message in found if message["ts"] == link.ts]
    if named and named[0] not in {"", thread.thread_ts}:  # a link to a reply that does not name its thread
        thread = thread.model_copy(update={"thread_ts": named[0]})
        found, since = await pages.newest(thread)
    if not any(message["ts"] == link.ts for message in found):
        found = each_once([*found, *await pages.one(thread, link.ts)])
    return thread.thread_ts, _said(look, found, since), since == thread.thread_ts


def _said(look: Look, messages: Sequence[dict[str, Any]], since: str) -> list[dict[str, Any]]:
    """What people, apps and the agent have said, without steps, and without words that may have been taken back."""
    own = {message["ts"]: PostMetadata.read(message) for message in messages if look.workspace.reader.is_own(message)}
    progress = {ts for ts, post in own.items() if post.shows_progress}
    said = [message for message in messages if is_said(message) and message["ts"] not in progress]
    return taken_back.left_out(said, own, since)


def _most(messages: list[dict[str, Any]], first: set[str]) -> list[dict[str, Any]]:
    """MOST_MESSAGES of them: those in `first`, and the newest."""
    kept = {message["ts"] for message in messages[-(MOST_MESSAGES - len(first)) :]} | first
    return [message for message in messages if message["ts"] in kept]


def _sources(said: Excerpt, look: Look, channel: Channel, link: MessageLink, root: str) -> list[Source]:
    """The linked message and the root first, and then the newest."""
    begin = [look.link(channel.id, link.ts, root), look.link(channel.id, root)]
    found = {source.url: source for source in said.from_newest()}
    return [*(found[url] for url in begin if url in found), *(found[url] for url in found if url not in begin)]


def _is_here(url: str, workspace_url: str) -> bool:
    """Whether the link is one of the agent's workspace, or of its organisation; True if nobody knows."""
    host, here = urlsplit(url).hostname or "", urlsplit(workspace_url).hostname or ""
    return not here or host == here or host.endswith(_ORGANISATION)
