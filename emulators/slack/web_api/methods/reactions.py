"""reactions.add."""

from __future__ import annotations

import re
from typing import Any

from emulators.slack.backend import Backend, Method
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.errors import SlackError

_NAME = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")


def add(backend: Backend, arguments: Arguments) -> dict[str, Any]:
    channel = backend.channel(arguments)
    name = arguments.required("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    if not arguments.text("timestamp"):
        raise SlackError("no_item_specified")
    message = backend.workspace.message(channel.id, arguments.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if backend.bot_user in message.reactions.get(name, []):
        raise SlackError("already_reacted")
    backend.writer.react(message, backend.bot_user, name)
    return {}


METHODS: dict[str, Method] = {"reactions.add": add}
