"""Messages of Slack as the model reads them: who wrote each, and what a person sees of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.conversation.wording import model_form, slack_markup
from agent_worker.conversation.wording.message_text import seen

MOST_NAMED = 20  # people and channels that are looked up to read messages; others go by their ids
Json = Mapping[str, Any]


@dataclass(frozen=True)
class MessageReader:
    """Reads messages for one bot: `bot_user_id` and `bot_id` are the ids by which Slack names it."""

    bot_user_id: str
    bot_id: str

    def is_own(self, message: Json) -> bool:
        """Whether the agent wrote it. Metadata alone proves nothing: another app can copy it.

        Whether Slack names the bot in a message with the agent's own file, nobody says for certain; it names the user.
        """
        if message.get("bot_id"):
            return bool(message["bot_id"] == self.bot_id)
        return message.get("user") == self.bot_user_id

    def author(self, message: Json, names: Mapping[str, str]) -> dict[str, Any]:
        """The fields that say whose message it is. Only the agent's own, judged by the app's id, has `yours`."""
        if self.is_own(message):
            return {"yours": True}
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            called = (message.get("username"), profile.get("name"), message["bot_id"])
            shown = next(filter(None, (model_form.name(str(one or "")) for one in called)), "an app")
            return {"from": shown, "app": str(message["bot_id"])}
        user = str(message.get("user") or "")
        return {"from": model_form.name(names.get(user, user)) or "somebody", "id": user}

    def content(self, message: Json, names: Mapping[str, str], longest: int) -> dict[str, Any]:
        """The fields with what a person sees of it, at most `longest` characters; empty if that is nothing."""
        fields = seen(message, bot_user_id=self.bot_user_id, names=names).cut(longest).fields
        return fields if any(fields.values()) else {}


def ids_in(messages: Sequence[Json], longest: int) -> list[str]:
    """The ids whose names help most to read the messages: first the authors, then who is mentioned.

    `messages` are oldest first, and of each the first `longest` characters are read.
    """
    newest_first = messages[::-1]
    authors = [str(message.get("user") or "") for message in newest_first if not message.get("bot_id")]
    texts = [str(message.get("text") or "")[:longest] for message in newest_first]
    people = [slack_id for text in texts for slack_id in slack_markup.user_mentions(text)]
    channels = [slack_id for text in texts for slack_id in slack_markup.channel_mentions(text)]
    return list(dict.fromkeys(filter(None, [*authors, *people, *channels])))[:MOST_NAMED]
