"""A client of the control API, for local tools."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from emulators.slack.people.controls import Control
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


@dataclass(frozen=True)
class Form:
    """A modal as a person sees it. `text` is what stands in it beside its controls."""

    version: str
    title: str
    text: str
    controls: list[Control]
    errors: list[str]


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

    async def say(
        self, user: str, channel: str, text: str, thread_ts: str | None, files: Mapping[str, bytes] | None = None
    ) -> str:
        """Write for a person; `text` is Slack's escaped text, `files` are contents by name. Returns the `ts`."""
        fields: dict[str, Any] = {"user": user, "channel": channel, "text": text}
        if files:
            encoded = {name: base64.b64encode(content).decode() for name, content in files.items()}
            fields["files"] = [{"name": name, "base64": content} for name, content in encoded.items()]
        answer = await self._call("POST", "say", fields | ({"thread_ts": thread_ts} if thread_ts else {}))
        return str(answer["ts"])

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Change a message of this person; `text` is Slack's escaped text."""
        await self._call("POST", "edit", {"user": user, "channel": channel, "ts": ts, "text": text})

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete a message of this person."""
        await self._call("POST", "delete", {"user": user, "channel": channel, "ts": ts})

    async def command(self, user: str, channel: str, command: str, text: str) -> None:
        """Type a slash command of the app, such as /agent. Its answer is a change that only this person sees."""
        await self._call("POST", "command", {"user": user, "channel": channel, "command": command, "text": text})

    async def controls(self, user: str, channel: str, thread_ts: str | None) -> tuple[list[Control], Form | None]:
        """What this person can use in a thread (None: in the channel), and the form that they have open."""
        fields = {"user": user, "channel": channel, "thread_ts": thread_ts or ""}
        answer = await self._call("GET", "controls", fields)
        form = answer["form"] and Form(**answer["form"] | {"controls": _controls(answer["form"]["controls"])})
        return _controls(answer["controls"]), form

    async def press(self, user: str, channel: str, control: Control) -> None:
        """Press a button. A person who is asked for a confirmation gives it."""
        await self._call("POST", "press", _names(user, channel, control) | {"value": control.value})

    async def choose(self, user: str, channel: str, control: Control, values: Sequence[str]) -> None:
        """Choose these values of the control's options, which then are all that is chosen."""
        await self._call("POST", "choose", _names(user, channel, control) | {"values": list(values)})

    async def fill_in(self, user: str, channel: str, control: Control, text: str) -> None:
        """Write into a field, in place of what it held."""
        await self._call("POST", "fill_in", _names(user, channel, control) | {"text": text})

    async def submit(self, user: str) -> None:
        """Submit the form that this person has open."""
        await self._call("POST", "submit", {"user": user})

    async def close(self, user: str) -> None:
        """Close the form that this person has open, without submitting it."""
        await self._call("POST", "close", {"user": user})

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

    async def news(self, after: int, seconds: float, user: str, form: str) -> tuple[list[Change], str]:
        """The same, and the version of the form that this person has open, "" for none.

        Does not wait either if that is not `form`.
        """
        fields = {"after": str(after), "seconds": str(seconds), "user": user, "form": form}
        answer = await self._call("GET", "changes", fields)
        return [Change(**change) for change in answer["changes"]], str(answer["form"])

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


def _controls(kept: list[dict[str, Any]]) -> list[Control]:
    return [Control(**one | {"options": [(words, value) for words, value in one["options"]]}) for one in kept]


def _names(user: str, channel: str, control: Control) -> dict[str, Any]:
    return {
        "user": user,
        "channel": channel,
        "ts": control.ts,
        "block_id": control.block_id,
        "action_id": control.action_id,
    }
