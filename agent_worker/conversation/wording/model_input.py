"""How messages are put into words for the model: who says what, with which files, and what became of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import MessageChange, SlackFile, UserMessage
from agent_worker.conversation.wording import model_form, slack_markup
from agent_worker.conversation.wording.message_text import message_text, seen
from agent_worker.conversation.wording.permalinks import permalink
from agent_worker.payloads.model import FILE_PART

Part = dict[str, Any]
NO_TIME: Mapping[str, str] = {}

# Names looked up for what one message mentions and quotes. Slack allows 90 users and 40 channels a minute for all
# workers together, a quarter of that at once: so one message does not use up the look-ups of others.
MOST_NAMED = 10
BESIDE = "This person has this channel open beside the conversation."
BESIDE_MESSAGE = (
    'This person has this message, with its thread, open beside the conversation: "this" may mean it. It has not been '
    "read; with a tool that reads threads you can read it by its link."
)
LATE_FILES = "These files belong to the last message:"
DELETED = "One of the messages above was deleted by its author: do not answer it."
EDITED = "A message above was edited by its author, and this is what counts now:"


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
        return message_text(_shown(message), bot_user_id=self.bot_user_id, names=self.names)

    def parts(self, message: UserMessage, when: Mapping[str, str] = NO_TIME) -> list[Part]:
        """The message with its author, the fields that say `when` it was written, and its files."""
        left_out = {"left_out": "too much was waiting to be read"} if message.left_out else {}
        line = model_form.line(**self._author(message), **when, **self._fields(message), **left_out)
        return [{"text": line}, *map(_file_part, message.files)]

    def view(self, message: UserMessage, workspace_url: str = "") -> Part:
        """Which channel the author has open beside the conversation, and which message of it."""
        at, ts = message.looking_at, message.looking_at_message
        link = permalink(workspace_url, at, ts) if workspace_url and ts else ""
        beside = {"channel": self._name(at), "channel_id": at, "message": link}
        return {"text": model_form.note(BESIDE_MESSAGE if link else BESIDE, **self._author(message), **beside)}

    def changed(self, change: MessageChange | UserMessage) -> list[Part]:
        """What became of a message that the model has read: it was edited or deleted, or its files came late."""
        if isinstance(change, UserMessage):
            return [{"text": model_form.note(LATE_FILES)}, *map(_file_part, change.files)]
        if change.deleted:
            return [{"text": model_form.note(DELETED)}]
        return [{"text": model_form.note(EDITED, **self._fields(change))}]

    def _fields(self, message: UserMessage | MessageChange) -> dict[str, Any]:
        if not self.in_slack:
            return {"text": message.text}
        return seen(_shown(message), bot_user_id=self.bot_user_id, names=self.names).fields

    def _author(self, message: UserMessage) -> dict[str, str]:
        """Nothing in a terminal, where one person writes."""
        if not self.in_slack:
            return {}
        return {"from": self._name(message.user), ("app" if message.from_app else "id"): message.user}

    def _name(self, slack_id: str) -> str:
        return model_form.name(self.names.get(slack_id, slack_id))


def _shown(message: UserMessage | MessageChange) -> dict[str, Any]:
    return {"text": message.text, "attachments": message.attachments}


def is_view(line: str) -> bool:
    """Whether this is a remark about what somebody has open."""
    return line.startswith('{"note":') and "channel_id" in model_form.fields(line)


def what_is_open(view: str) -> tuple[Any, Any]:
    """The id of the channel, and the link to the message in it; None for what is not named."""
    fields = model_form.fields(view)
    return fields.get("channel_id"), fields.get("message")


def ids_in(message: UserMessage) -> list[str]:
    """The Slack ids whose names a message needs: its author's, the mentioned ones, quoted authors', the open channel's.

    Of the mentioned and quoted ones, the first MOST_NAMED; the others stay ids, or have the name that Slack wrote
    beside them.
    """
    text = message.text + (json.dumps(message.attachments) if message.attachments else "")
    mentioned = [*slack_markup.user_mentions(text), *slack_markup.channel_mentions(text)]
    quoted = [str(one["author_id"]) for one in message.attachments if one.get("author_id")]
    named = list(dict.fromkeys([*mentioned, *quoted]))[:MOST_NAMED]
    return [message.user, *named, *filter(None, [message.looking_at])]


def _file_part(file: SlackFile) -> Part:
    return {FILE_PART: file.model_dump()}
