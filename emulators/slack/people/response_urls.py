"""The response URLs of interactions: where they come from, and what the app posts to them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from emulators.slack.rules.arguments import Arguments, read_arguments
from emulators.slack.rules.errors import SlackError
from emulators.slack.rules.limits import Content, read_content
from emulators.slack.state.messages import Message
from emulators.slack.web_api.backend import Backend

# A response URL works five times within half an hour.
RESPONSES = 5
RESPONSE_SECONDS = 1_800.0


@dataclass
class _Address:
    """Where the app may answer one interaction: in a channel, or in place of the message that carried the button."""

    channel: str
    user: str
    message: Message | None
    expires: float
    uses: int = 0


class ResponseUrls:
    """All that have been given out, by their numbers."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._addresses: list[_Address] = []

    def new(self, channel: str, user: str, message: Message | None = None) -> str:
        """An address for answers to this person; `message` is the one that they can replace or delete."""
        expires = self._backend.clock.now() + RESPONSE_SECONDS
        self._addresses.append(_Address(channel, user, message, expires))
        return f"{self._backend.origin}/response/{len(self._addresses) - 1}"

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

    def take_answer(self, channel: str, user: str, answer: dict[str, Any] | None) -> None:
        """The acknowledgement of a command may say something itself, and shows as what comes to a response URL."""
        if answer:
            with contextlib.suppress(SlackError):  # Slack shows nothing of what it does not understand
                self._take(_Address(channel, user, None, expires=0), Arguments(answer))

    def _take(self, address: _Address, arguments: Arguments) -> None:
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
            self._backend.activity.show_only_to(address.user, message)

    def _answer(self, address: _Address, content: Content) -> Message:
        own = self._backend.installation
        ts = self._backend.workspace.next_ts()
        message = Message(address.channel, ts, own.bot_user_id, content.text or "", blocks=content.blocks or [])
        thread_ts = address.message.thread_ts if address.message else None
        return replace(message, bot_id=own.bot_id, app_id=own.app_id, thread_ts=thread_ts)
