"""Searches with assistant.search.context, for a person of the scene."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.support.emulators.scene import Scene


def token_of(stage: Scene, person: str | None = None) -> str:
    """A token for the person, Anna if nobody is named, such as events about their messages carry."""
    return stage.slack.backend.action_tokens.new(person or stage.anna)


async def search(stage: Scene, query: str, **options: Any) -> AsyncSlackResponse:
    return await stage.client.api_call("assistant.search.context", json={"query": query, **options})


async def found(stage: Scene, query: str, person: str | None = None, **options: Any) -> list[dict[str, Any]]:
    """The messages that the person finds."""
    answer = await search(stage, query, action_token=token_of(stage, person), **options)
    messages: list[dict[str, Any]] = answer["results"]["messages"]
    return messages
