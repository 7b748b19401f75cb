"""Messages that a message quotes: forwarded into it, or asked about through the shortcut. Pure.

What is quoted can be taken back by its author, also while the message that quotes it waits to be read.
"""

from __future__ import annotations

from typing import Any, TypeVar

from agent_worker.contract.messages import MessageChange, UserMessage

Written = TypeVar("Written", UserMessage, MessageChange)


def quoted(message: UserMessage | MessageChange) -> list[str]:
    """The `ts` of the messages that the message quotes, as far as Slack names them."""
    return [str(one["ts"]) for one in message.attachments if one.get("ts")]


def without(message: Written, ts: str) -> Written:
    """The message without what it quotes of the message `ts`."""
    if ts not in quoted(message):
        return message
    others = [one for one in message.attachments if one.get("ts") != ts]
    # What was asked through the shortcut has nothing but the quoted message, its attachments and its files.
    is_about_it = isinstance(message, UserMessage) and message.unseen
    left: dict[str, Any] = {"attachments": [], "files": []} if is_about_it else {"attachments": others}
    return message.model_copy(update=left)
