"""A client of the control API, for local tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from emulators.slack.state.changes import Change


class NotUpError(Exception):
    """Nothing answers at the address. The text is a sentence for a person."""


class RefusedError(Exception):
    """The control API said no. The text is its sentence."""


@dataclass(frozen=True)
class Directory:
    """The bot, the users and the channels, with their names and ids."""

    bot_name: str
    bot_user_id: str
    users: dict[str, str]  # id: name
    bots: frozenset[str]  # the ids of those users that are apps
    channels: dict[str, str]  # id: name


class ControlClient:
    """Calls the control API at `url`, such as http://127.0.0.1:8065, with the `token` of its run."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def directory(self) -> Directory:
        """Who and what there is."""
        state = await self._call("GET", "state", {})
        return Directory(
            bot_name=state["bot"]["name"],
            bot_user_id=state["bot"]["user_id"],
            users={user["id"]: user["name"] for user in state["users"]},
            bots=frozenset(user["id"] for user in state["users"] if user["is_bot"]),
            channels={channel["id"]: channel["name"] for channel in state["channels"]},
        )

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None) -> str:
        """Write for a person; `text` is Slack's escaped text. Returns the `ts` of the message."""
        fields = {"user": user, "channel": channel, "text": text}
        answer = await self._call("POST", "say", fields | ({"thread_ts": thread_ts} if thread_ts else {}))
        return str(answer["ts"])

    async def direct_messages(self, user: str) -> str:
        """The id of the channel between this person and the app."""
        return str((await self._call("POST", "dm", {"user": user}))["channel"])

    async def status(self, channel: str, thread_ts: str) -> str:
        """The status line of a thread, "" if there is none."""
        answer = await self._call("GET", "status", {"channel": channel, "thread_ts": thread_ts})
        return str(answer["status"])

    async def changes(self, after: int, seconds: float) -> list[Change]:
        """The changes after that number. Waits up to `seconds` until there is one."""
        answer = await self._call("GET", "changes", {"after": str(after), "seconds": str(seconds)})
        return [Change(**change) for change in answer["changes"]]

    async def _call(self, verb: str, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        query, body = (fields, None) if verb == "GET" else (None, fields)
        address = f"{self._url}/playground/{path}"
        try:
            call = self._session.request(verb, address, params=query, json=body, headers=self._headers)
            async with call as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            sentence = f"Nothing that is a playground answers at {self._url}. Start it first: make run"
            raise NotUpError(sentence) from error
        if response.status != 200:
            raise RefusedError(str(answer.get("error", response.status)))
        return answer
