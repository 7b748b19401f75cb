"""Searching the workspace's public channels, with Slack's permission for the person who has just written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse
from temporalio.exceptions import ApplicationError

from agent_worker.conversation.wording.permalinks import links_in
from agent_worker.slack.api import may_not_see
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.excerpt import CHARACTERS, MESSAGE_CHARACTERS, row_of, source_of, weight
from agent_worker.slack.reading.facts import Channel
from agent_worker.slack.reading.look import Look
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError
from text.json_shapes import mapping, mappings, string
from text.lines import one_line

MOST_RESULTS = 20  # Slack gives no more at once
MOST_CHANNELS = 8  # whose results are read: each takes a call or more
LONGEST_QUERY = 500  # characters
LEFT_OUT = "Further results are left out."
# Slack's names for: not granted, not in this workspace's plan, or not known to this Slack.
_NOT_GRANTED = frozenset({"missing_scope", "feature_not_enabled", "not_allowed_token_type", "unknown_method"})
_RUN_OUT = frozenset({"invalid_action_token", "token_expired", "action_token_expired", "missing_action_token"})


async def search_messages(look: Look, action_token: str, query: str, since: str, until: str) -> Sourced:
    words = one_line(query, LONGEST_QUERY)
    if not words:
        raise ToolError(sentences.NO_WORDS)
    if not action_token:
        raise ToolError(sentences.SEARCH_IS_OVER)
    if not look.askers:
        raise ToolError(sentences.NOBODY_ASKS)
    first, last = (await look.asker_time()).between(since, until)
    # Slack takes whole seconds, and leaves out what was written in these.
    times = {**({"after": int(first) - 1} if first else {}), **({"before": int(last) + 1} if last else {})}
    results = await _results(look, words, action_token, times)
    results = [one for one in results if first <= _moment(one) <= (last or float("inf")) and not _is_here(look, one)]
    seen, is_all = await _seen(look, results)
    return await _sourced(look, seen, is_all=is_all)


async def _results(look: Look, words: str, action_token: str, times: Mapping[str, int]) -> list[Mapping[str, Any]]:
    async def assistant_search_context(**arguments: Any) -> AsyncSlackResponse:
        return await look.api.client.api_call("assistant.search.context", params=arguments)  # the SDK has no method

    try:
        answer = await look.api.call(
            assistant_search_context,
            query=words,
            action_token=action_token,
            channel_types="public_channel",
            content_types="messages",
            limit=MOST_RESULTS,
            **times,
        )
    except ApplicationError as error:
        raise _not_searched(look, error) from None
    return mappings(mapping(answer.get("results")).get("messages"))[:MOST_RESULTS]


def _not_searched(look: Look, error: ApplicationError) -> Exception:
    if error.message in _RUN_OUT:
        return ToolError(sentences.SEARCH_IS_OVER)
    if error.message in _NOT_GRANTED:
        look.workspace.search.refused()
    elif not may_not_see(error):
        return error
    return ToolError(sentences.NO_SEARCH)


async def _seen(
    look: Look, results: Sequence[Mapping[str, Any]]
) -> tuple[list[tuple[Channel, Mapping[str, Any]]], bool]:
    """The results that may be read, each with its channel, the best first; and whether all channels were looked at."""
    ids = list(dict.fromkeys(string(one.get("channel_id")) for one in results))
    if not await look.eyes.only_members_read():
        ids = [slack_id for slack_id in ids if slack_id == look.thread.channel]
    channels: dict[str, Channel] = {}
    for slack_id in ids[:MOST_CHANNELS]:
        try:
            channel = await look.eyes.channel(slack_id)
        except ToolError:
            continue  # not even its existence is told
        if channel.is_public:
            channels[slack_id] = channel
    seen = [(channels[one["channel_id"]], one) for one in results if one.get("channel_id") in channels]
    return seen, len(ids) <= MOST_CHANNELS


async def _sourced(look: Look, seen: Sequence[tuple[Channel, Mapping[str, Any]]], *, is_all: bool) -> Sourced:
    bot_user_id = look.workspace.reader.bot_user_id
    found = [(channel, _as_message(one, bot_user_id)) for channel, one in seen]
    names = await look.names([message for _, message in found], "", MESSAGE_CHARACTERS)
    clock = await look.asker_time()
    rows: list[dict[str, Any]] = []
    for channel, message in found:
        row = row_of(look, channel, message, names, clock)
        if row and weight(messages=[*rows, row]) <= CHARACTERS:
            rows.append({"channel": channel.called, "channel_id": channel.id, **row})
        else:
            is_all = False
    result: dict[str, Any] = {"messages": rows}
    return Sourced(result if is_all else {**result, "left_out": LEFT_OUT}, [source_of(row) for row in rows])


def _as_message(result: Mapping[str, Any], bot_user_id: str) -> dict[str, Any]:
    """A result in the shape of a message. Of an app, Slack tells the id of its user alone."""
    author = string(result.get("author_user_id"))
    is_app = result.get("is_author_bot") is True and author != bot_user_id
    return {
        "ts": string(result.get("message_ts")),
        "thread_ts": next((link.thread_ts for link in links_in(string(result.get("permalink")))), ""),
        "text": string(result.get("content")),
        **({"bot_id": author, "username": string(result.get("author_name"))} if is_app else {"user": author}),
    }


def _is_here(look: Look, result: Mapping[str, Any]) -> bool:
    """Whether the result stands in the very thread, which the model knows: most likely it is the question itself."""
    roots = [link.thread_ts or link.ts for link in links_in(string(result.get("permalink")))]
    root = next(iter(roots), string(result.get("message_ts")))
    return look.is_this_thread(string(result.get("channel_id")), root)


def _moment(result: Mapping[str, Any]) -> float:
    try:
        return float(string(result.get("message_ts")))
    except ValueError:
        return -1.0
