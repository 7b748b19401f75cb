"""What people do with the app directly: pressing its buttons, typing its commands, and its answers to response URLs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from playground.slack.arguments import Arguments, read_arguments
from playground.slack.backend import Backend
from playground.slack.errors import SlackError
from playground.slack.limits import Content, read_content
from playground.slack.messages import Message

Json = dict[str, Any]
# A response URL works five times within half an hour.
RESPONSES = 5
RESPONSE_SECONDS = 1_800.0
_PRESSABLE = ("button", "icon_button", "feedback_buttons")


@dataclass
class _ResponseAddress:
    """Where the app may answer one interaction: in a channel, or in place of the message that carried the button."""

    channel: str
    user: str
    message: Message | None
    expires: float
    uses: int = 0


class Interactions:
    """Sends `block_actions` and slash commands over Socket Mode; takes what the app posts to their response URLs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._addresses: list[_ResponseAddress] = []

    def press(self, user: str, channel: str, ts: str, action_id: str) -> None:
        """Press the element with this `action_id`; ValueError when the message shows none."""
        message = self._backend.workspace.message(channel, ts)
        found = [] if message is None else list(_elements(message, action_id))
        if message is None or not found:
            raise ValueError(f"message {ts} shows nothing to press with the action_id {action_id!r}")
        payload = self._pressed(user, message, found[0])
        self._backend.deliveries.add_interaction("interactive", payload, channel=channel, ts=ts)

    def command(self, user: str, channel: str, command: str, text: str) -> None:
        own = self._backend.installation
        place = self._backend.workspace.channels[channel]
        payload = {
            "token": "verification-token-of-the-playground",
            "team_id": own.team_id,
            "team_domain": own.team_domain,
            "channel_id": channel,
            "channel_name": place.name,
            "user_id": user,
            "user_name": self._backend.workspace.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": own.app_id,
            "is_enterprise_install": "false",
            "response_url": self._new_address(channel, user, None),
            "trigger_id": self._backend.workspace.new_id("Tr"),
        }
        self._backend.deliveries.add_interaction("slash_commands", payload, channel=channel, ts="")

    async def respond(self, request: web.Request) -> web.Response:
        """POST /response/N: a message to the person or the channel, or a change of the message with the button."""
        number = request.match_info["number"]
        if not number.isdigit() or int(number) >= len(self._addresses):
            return web.Response(status=404, text="no_such_url")
        address = self._addresses[int(number)]
        address.uses += 1
        if address.uses > RESPONSES or self._backend.clock.now() > address.expires:
            return web.Response(status=404, text="expired_url")
        try:
            self._take(address, Arguments(await read_arguments(request)))
        except SlackError as error:
            return web.Response(status=400, text=error.code)
        return web.Response(text="ok")

    def _take(self, address: _ResponseAddress, arguments: Arguments) -> None:
        if arguments.flag("delete_original") and address.message is not None:
            self._backend.activity.delete(address.message)
            return
        content = read_content(arguments)
        if content.is_empty:
            raise SlackError("no_text")
        if arguments.flag("replace_original") and address.message is not None:
            current = self._backend.workspace.message(address.channel, address.message.ts)
            fields = {"text": content.text or "", "blocks": content.blocks or []}
            self._backend.activity.edit(current or address.message, self._backend.installation.bot_id, **fields)
            return
        message = self._answer(address, content)
        if arguments.text("response_type") == "in_channel":
            self._backend.activity.post(message)
        else:
            self._backend.activity.show_only_to(message)

    def _answer(self, address: _ResponseAddress, content: Content) -> Message:
        own = self._backend.installation
        ts = self._backend.workspace.next_ts()
        message = Message(address.channel, ts, own.bot_user_id, content.text or "", blocks=content.blocks or [])
        thread_ts = address.message.thread_ts if address.message else None
        return replace(message, bot_id=own.bot_id, app_id=own.app_id, thread_ts=thread_ts)

    def _new_address(self, channel: str, user: str, message: Message | None) -> str:
        expires = self._backend.clock.now() + RESPONSE_SECONDS
        self._addresses.append(_ResponseAddress(channel, user, message, expires))
        return f"{self._backend.origin}/response/{len(self._addresses) - 1}"

    def _pressed(self, user: str, message: Message, element: Json) -> Json:
        own = self._backend.installation
        place = self._backend.workspace.channels[message.channel]
        name = self._backend.workspace.users[user].name
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": place.id, "is_ephemeral": False}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        return {
            "type": "block_actions",
            "user": {"id": user, "username": name, "name": name, "team_id": own.team_id},
            "api_app_id": own.app_id,
            "token": "verification-token-of-the-playground",
            "container": container,
            "trigger_id": self._backend.workspace.new_id("Tr"),
            "team": {"id": own.team_id, "domain": own.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": place.id, "name": place.name},
            "message": self._backend.shapes.message(message),
            "state": {"values": {}},
            "response_url": self._new_address(place.id, user, message),
            "actions": [element | {"action_ts": self._backend.workspace.next_ts()}],
        }


def _elements(message: Message, action_id: str) -> Iterator[Json]:
    """The elements of the message that can be pressed and have this id, as they appear in `actions`."""
    for index, block in enumerate(message.blocks):
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        for element in elements:
            if element.get("type") in _PRESSABLE and element.get("action_id") == action_id:
                yield _pressed_element(element, str(block.get("block_id", f"block{index}")))


def _pressed_element(element: Json, block_id: str) -> Json:
    """Of feedback buttons the positive one is pressed."""
    pressed = element.get("positive_button", element)
    shape = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    return shape | {name: pressed[name] for name in ("text", "value") if name in pressed}
