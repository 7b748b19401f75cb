"""What people do in the page: each action is carried out in the emulated Slack."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from emulators.slack.emulator import SlackEmulator
from playground.page.fields import Fields, Json, RefusedError
from playground.page.surroundings import Services, Surroundings
from playground.page.view_actions import ViewActions
from text.json_shapes import string


class Actions:
    """Actions by name. An action that Slack would not allow raises ValueError with a sentence."""

    def __init__(self, slack: SlackEmulator, surroundings: Surroundings) -> None:
        self._slack = slack
        self._surroundings = surroundings
        self._kinds: dict[str, Callable[[Fields], Json | None]] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "press": self._press,
            "choose": self._choose,
            "fill_in": self._fill_in,
            "stop": self._stop,
            "rename": self._rename,
            "dm": self._open_dm,
            "home": self._open_home,
            **ViewActions(slack, self._user).kinds(),
            "look_at": self._look_at,
            "shortcut": self._use_shortcut,
            "command": self._run_command,
            "services": self._use_services,
            "dismiss_notice": self._dismiss_notice,
        }

    async def do(self, what: str, fields: Fields) -> Json:
        """Carries out an action and returns its answer. Raises RefusedError if there is no such action."""
        if what not in self._kinds:
            raise RefusedError(404, f"there is nothing called {what}; there are: {', '.join(self._kinds)}")
        done = self._kinds[what](fields) or {}
        self._slack.backend.changes.nudge()
        return done

    def _say(self, fields: Fields) -> Json:
        user, channel = self._user(fields), self._channel(fields)
        files = [_file(file) for file in fields.listed("files")]
        text = fields.optional("text") or ""
        if not text.strip() and not files:
            raise ValueError("a message says something or brings a file")
        return {"ts": self._slack.say(user, channel, text, fields.optional("thread_ts"), files or None)}

    def _edit(self, fields: Fields) -> None:
        self._slack.edit(*self._own_message(fields), fields.text("text"))

    def _delete(self, fields: Fields) -> None:
        self._slack.delete(*self._own_message(fields))

    def _react(self, fields: Fields) -> None:
        self._slack.react(self._user(fields), self._channel(fields), fields.text("ts"), fields.text("name"))

    def _press(self, fields: Fields) -> None:
        value, block_id = fields.optional("value"), fields.optional("block_id")
        self._slack.press_button(*self._element(fields), value, block_id=block_id)

    def _choose(self, fields: Fields) -> None:
        self._slack.choose(*self._element(fields), *fields.texts("values"), block_id=fields.optional("block_id"))

    def _fill_in(self, fields: Fields) -> None:
        text, block_id = fields.optional("text") or "", fields.optional("block_id")
        is_enter = fields.flag("presses_enter")
        self._slack.fill_in(*self._element(fields), text, block_id=block_id, presses_enter=is_enter)

    def _element(self, fields: Fields) -> tuple[str, str, str, str]:
        """Person, channel, ts and action_id of an element in a message."""
        return self._user(fields), self._channel(fields), fields.text("ts"), fields.text("action_id")

    def _stop(self, fields: Fields) -> None:
        self._slack.press_stop(self._user(fields), self._channel(fields), fields.text("thread_ts"))

    def _rename(self, fields: Fields) -> None:
        user, channel = self._user(fields), self._channel(fields)
        self._slack.rename_session(user, channel, fields.text("thread_ts"), fields.text("title"))

    def _open_dm(self, fields: Fields) -> Json:
        return {"channel": self._slack.open_dm(self._user(fields))}

    def _open_home(self, fields: Fields) -> None:
        self._slack.open_app_home(self._user(fields), fields.text("tab"))

    def _look_at(self, fields: Fields) -> None:
        channel = self._channel(fields) if fields.optional("channel") else None
        self._slack.look_at(self._user(fields), channel, fields.optional("ts"))

    def _use_shortcut(self, fields: Fields) -> None:
        user, channel = self._user(fields), self._channel(fields)
        self._slack.use_shortcut(user, channel, fields.text("ts"), fields.text("callback_id"))

    def _run_command(self, fields: Fields) -> None:
        user, channel, text = self._user(fields), self._channel(fields), fields.optional("text") or ""
        self._slack.run_command(user, channel, fields.text("command"), text)

    def _use_services(self, fields: Fields) -> None:
        wanted: dict[str, Services] = {"sample": "sample", "real": "real"}
        if self._surroundings.use_services is None or fields.text("world") not in wanted:
            raise ValueError("the services here are sample or real, and only while the playground runs them")
        self._surroundings.use_services(wanted[fields.text("world")])

    def _dismiss_notice(self, fields: Fields) -> None:
        self._surroundings.notices.dismiss(fields.whole_number("number"))

    def _user(self, fields: Fields) -> str:
        user = self._slack.backend.workspace.users.get(fields.text("user"))
        if user is None or user.is_bot:
            raise RefusedError(404, f"there is nobody with the id {fields.text('user')}")
        return user.id

    def _channel(self, fields: Fields) -> str:
        channel = fields.text("channel")
        if channel not in self._slack.backend.workspace.channels:
            raise RefusedError(404, f"there is no channel with the id {channel}")
        return channel

    def _own_message(self, fields: Fields) -> tuple[str, str]:
        """Channel and ts of a message that the person wrote. Raises ValueError for any other message."""
        channel, ts = self._channel(fields), fields.text("ts")
        message = self._slack.backend.workspace.message(channel, ts)
        if message is None or message.user != self._user(fields):
            raise ValueError("people change and delete their own messages only")
        return channel, ts


def _file(sent: Json) -> dict[str, Any]:
    """A sent file in the form that the emulator takes. Raises RefusedError if it is incomplete or no base64."""
    name, kind, content = string(sent.get("name")), string(sent.get("mimetype")), sent.get("base64")
    if not name or not isinstance(content, str):
        raise RefusedError(400, "a file is {name, mimetype, base64}")
    try:
        data = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise RefusedError(400, f"{name} is not written in base64") from error
    return {"name": name, "content": data} | ({"mimetype": kind} if kind else {})
