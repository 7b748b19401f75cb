"""How messages are put into words for the model: who says what, what is attached, and what became of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import MessageChange, SlackFile, UserMessage
from agent_worker.conversation import slack_markup
from agent_worker.conversation.message_text import message_text
from agent_worker.payloads.model import FILE_PART

Part = dict[str, Any]


@dataclass(frozen=True)
class Hearing:
    """Reads Slack's text with the names that are known; in a terminal, where `in_slack` is false, text is text."""

    in_slack: bool
    bot_user_id: str
    names: Mapping[str, str]

    def read(self, message: UserMessage | MessageChange) -> str:
        """A message as a person reads it, with what is attached to it, without the mention of the bot itself."""
        if not self.in_slack:
            return message.text
        shown = {"text": message.text, "attachments": message.attachments}
        return message_text(shown, bot_user_id=self.bot_user_id, names=self.names)

    def parts(self, message: UserMessage) -> list[Part]:
        text = self.read(message) or "(no words)"  # Gemini takes no empty text
        is_alone = message.direct or not self.in_slack
        line = text if is_alone else f"{self._name(message.user)}: {text}"
        return [{"text": line}, *map(_file_part, message.files)]

    def view(self, message: UserMessage) -> Part:
        channel = f"#{self._name(message.looking_at)} ({message.looking_at})"
        return {"text": f"[{self._name(message.user)} has the channel {channel} open beside this conversation.]"}

    def changed(self, change: MessageChange | UserMessage) -> list[Part]:
        """What became of a message that the model has read already: new words, its end, or files that come late."""
        if isinstance(change, UserMessage):
            return [{"text": "[These files belong to the last message:]"}, *map(_file_part, change.files)]
        if change.deleted:
            return [{"text": "[One of the messages above was deleted by its author: do not answer it.]"}]
        text = self.read(change) or "(no words)"
        return [{"text": f"[A message above was edited by its author, and this is what counts now:]\n{text}"}]

    def _name(self, slack_id: str) -> str:
        return self.names.get(slack_id, slack_id)


def ids_in(message: UserMessage) -> list[str]:
    """The Slack ids of the author and of whoever and whatever a message names."""
    text = message.text + (json.dumps(message.attachments) if message.attachments else "")
    mentioned = [*slack_markup.user_mentions(text), *slack_markup.channel_mentions(text)]
    quoted = [str(one["author_id"]) for one in message.attachments if one.get("author_id")]
    return [message.user, *mentioned, *quoted, *filter(None, [message.looking_at])]


def _file_part(file: SlackFile) -> Part:
    return {FILE_PART: file.model_dump()}
