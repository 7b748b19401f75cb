"""Reading a channel: its newest messages in a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from temporalio.exceptions import ApplicationError

from agent_worker.slack.api import may_not_see
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.bounded_api import next_cursor
from agent_worker.slack.reading.excerpt import excerpt, is_said
from agent_worker.slack.reading.facts import Channel
from agent_worker.slack.reading.look import Look
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError
from text.json_shapes import mappings, string

MOST_MESSAGES = 200
PAGE = 200  # messages in one call
MOST_PAGES = 2  # a second one where people join and leave more than they write
_AFTER_ALL = "9999999999.000000"  # with a beginning alone, Slack would give the oldest messages of the time


async def read_channel(look: Look, asked: str, since: str, until: str, limit: int) -> Sourced:
    channel = await look.channel(asked)
    first, last = (await look.asker_time()).between(since, until)
    times = {"oldest": f"{first:.6f}", "latest": f"{last:.6f}" if last else _AFTER_ALL, "inclusive": True}
    wanted = max(1, min(limit, MOST_MESSAGES))
    found, is_all = await _newest(look, channel, wanted, times)
    kept = found[-wanted:]
    said = await excerpt(look, channel, kept)
    result: dict[str, Any] = {"channel": channel.called, "id": channel.id, "messages": said.messages}
    if not (is_all and said.is_whole and len(kept) == len(found)):
        oldest = said.messages[0]["at"] if said.messages else ""
        result["left_out"] = f"Messages older than {oldest} are left out." if oldest else "Messages are left out."
    return Sourced(result, said.from_newest())


async def _newest(
    look: Look, channel: Channel, wanted: int, times: Mapping[str, Any]
) -> tuple[list[Mapping[str, Any]], bool]:
    """The newest messages of the time, oldest first, at least as many as wanted if there are; and whether it is all."""
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        answer = await _page(look, channel, cursor, times)
        found += [one for one in mappings(answer.get("messages")) if string(one.get("ts")) and is_said(one)]
        cursor = next_cursor(answer)
        if not cursor or len(found) >= wanted:
            break
    return sorted(found, key=lambda message: float(message["ts"])), not cursor


async def _page(look: Look, channel: Channel, cursor: str, times: Mapping[str, Any]) -> dict[str, Any]:
    method = look.api.client.conversations_history
    try:
        return await look.api.call(method, channel=channel.id, limit=PAGE, cursor=cursor or None, **times)
    except ApplicationError as error:
        raise cannot_read(channel, error) from None


def cannot_read(channel: Channel, error: ApplicationError) -> Exception:
    """Why Slack does not show the agent a channel that people may see; the error itself while Slack is away."""
    if not may_not_see(error):
        return error
    if error.message in {"not_in_channel", "channel_not_found"}:
        sentence = sentences.archived(channel.called) if channel.is_archived else sentences.not_in(channel.called)
        return ToolError(sentence)
    return ToolError(sentences.NOT_PERMITTED)
