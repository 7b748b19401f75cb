"""The control API from the caller's side: a small client for local tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from emulators.slack.state.changes import Change


class NotUpError(Exception):
    """Nothing answers at the address of the emulator; the text is a sentence for a person."""


class RefusedError(Exception):
    """The emulator said no; the text is its sentence."""


@dataclass(frozen=True)
class Directory:
    """Who and what there is: names and ids, both ways where they are looked up both ways."""

    bot_name: str
    bot_user_id: str
    users: dict[str, str]  # id: name
    bots: frozenset[str]  # the ids of those users that are apps
    channels: dict[str, str]  # id: name


class ControlClient:
    """Calls the control API at `url`, such as http://127.0.0.1:8065."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url.rstrip("/")

    async def directory(self) -> Directory:
        state = await self._call("GET", "state", {})
        return Directory(
            bot_name=state["bot"]["name"],
            bot_user_id=state["bot"]["user_id"],
            users={user["id"]: user["name"] for user in state["users"]},
            bots=frozenset(user["id"] for user in state["users"] if user["is_bot"]),
            channels={channel["id"]: channel["name"] for channel in state["channels"]},
        )

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None) -> str:
        """Say Slack's escaped text; the `ts` of the message."""
        fields = {"user": user, "channel": channel, "text": text}
        answer = await self._call("POST", "say", fields | ({"thread_ts": thread_ts} if thread_ts else {}))
        return str(answer["ts"])

    async def direct_messages(self, user: str) -> str:
        """The id of the channel between this person and the app."""
        return str((await self._call("POST", "dm", {"user": user}))["channel"])

    async def status(self, channel: str, thread_ts: str) -> str:
        answer = await self._call("GET", "thread", {"channel": channel, "thread_ts": thread_ts})
        return str(answer["status"])

    async def changes(self, after: int, seconds: float) -> list[Change]:
        """What changed after that number; waits up to `seconds` for the first of it."""
        answer = await self._call("GET", "changes", {"after": str(after), "seconds": str(seconds)})
        return [Change(**change) for change in answer["changes"]]

    async def _call(self, verb: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        query, body = (fields, None) if verb == "GET" else (None, fields)
        address = f"{self._url}/playground/{path}"
        try:
            async with self._session.request(verb, address, params=query, json=body) as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            sentence = f"Nothing that is a playground answers at {self._url}. Start it first: make run"
            raise NotUpError(sentence) from error
        if response.status != 200:
            raise RefusedError(str(answer.get("error", response.status)))
        return answer
