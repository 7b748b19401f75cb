"""How messages are put into words for the model: who says what, with which files, and what became of it. Pure."""

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
class ModelInput:
    """Puts messages into words for the model, with the names that are known; terminal text stays as it is."""

    in_slack: bool
    bot_user_id: str
    names: Mapping[str, str]

    def read(self, message: UserMessage | MessageChange) -> str:
        """The message as a person reads it, with its attachments and without the mention of the bot."""
        if not self.in_slack:
            return message.text
        shown = {"text": message.text, "attachments": message.attachments}
        return message_text(shown, bot_user_id=self.bot_user_id, names=self.names)

    def parts(self, message: UserMessage) -> list[Part]:
        """The message with its files; where several people may write, its author's name stands first."""
        text = self.read(message) or "(no words)"  # Gemini takes no empty text
        is_alone = message.direct or not self.in_slack
        line = text if is_alone else f"{self._name(message.user)}: {text}"
        return [{"text": line}, *map(_file_part, message.files)]

    def view(self, message: UserMessage) -> Part:
        """Which channel the author has open beside the conversation."""
        channel = f"#{self._name(message.looking_at)} ({message.looking_at})"
        return {"text": f"[{self._name(message.user)} has the channel {channel} open beside this conversation.]"}

    def changed(self, change: MessageChange | UserMessage) -> list[Part]:
        """What became of a message that the model has read: it was edited or deleted, or its files came late."""
        if isinstance(change, UserMessage):
            return [{"text": "[These files belong to the last message:]"}, *map(_file_part, change.files)]
        if change.deleted:
            return [{"text": "[One of the messages above was deleted by its author: do not answer it.]"}]
        text = self.read(change) or "(no words)"
        return [{"text": f"[A message above was edited by its author, and this is what counts now:]\n{text}"}]

    def _name(self, slack_id: str) -> str:
        return self.names.get(slack_id, slack_id)


def ids_in(message: UserMessage) -> list[str]:
    """The Slack ids in a message: of its author, of people and channels that it names, of authors that it quotes."""
    text = message.text + (json.dumps(message.attachments) if message.attachments else "")
    mentioned = [*slack_markup.user_mentions(text), *slack_markup.channel_mentions(text)]
    quoted = [str(one["author_id"]) for one in message.attachments if one.get("author_id")]
    return [message.user, *mentioned, *quoted, *filter(None, [message.looking_at])]


def _file_part(file: SlackFile) -> Part:
    return {FILE_PART: file.model_dump()}
