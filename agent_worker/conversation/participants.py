"""Who takes part in a conversation, whose messages it answers, and who may not talk to the agent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent_worker.contract.messages import UserMessage
from agent_worker.payloads.opening import Opened
from agent_worker.payloads.policy import ThreadReplies
from agent_worker.payloads.thread import Author


@dataclass
class Participants:
    """Kept with the conversation.

    `thread_replies` is None until the conversation is opened: until then every message counts as meant for the agent.
    """

    thread_replies: ThreadReplies | None = None
    spoken: list[str] = field(default_factory=list)  # ids of everybody who has written, apps left out
    has_asked_back: bool = False  # the agent's last answer ends with a question, and nobody has written since
    refused: dict[str, str] = field(default_factory=dict)  # why a person may not talk to the agent, by Slack id
    refused_here: str = ""  # why nobody may, in this channel or workspace
    told: list[str] = field(default_factory=list)  # ids of those who were told why they may not

    def open(self, opened: Opened) -> None:
        self.thread_replies = opened.policy.thread_replies
        self.spoken = list(dict.fromkeys([*opened.people, *self.spoken]))
        self.refused |= opened.refused
        self.refused_here = opened.refused_here

    # Is a message meant for the agent?

    def hear(self, message: UserMessage) -> UserMessage:
        """Notes who speaks, and returns the message as `judged` does."""
        if not message.from_app and message.user not in self.spoken:
            self.spoken.append(message.user)
        judged = self.judged(message)
        self.has_asked_back = False
        return judged

    def judged(self, message: UserMessage) -> UserMessage:
        """The message; `addressed` also if it names nobody but is to be answered all the same."""
        if message.addressed or not (message.from_app or self._may_answer(message)):
            return message
        return message.model_copy(update={"addressed": True})

    def _may_answer(self, message: UserMessage) -> bool:
        if self.thread_replies == "auto":
            return self.has_asked_back or self.spoken == [message.user]
        return self.thread_replies == "all"

    def is_asked(self, messages: Sequence[UserMessage]) -> bool:
        """Whether any of the messages is for the agent."""
        return any(message.addressed for message in messages) or (bool(messages) and self.thread_replies is None)

    def has_answered(self, text: str) -> None:
        """Notes the agent's answer: a reply to a question of the agent needs no mention."""
        self.has_asked_back = asks_back(text)

    # May its author talk to the agent?

    def authors(self, messages: Sequence[UserMessage], known: Mapping[str, str]) -> list[Author]:
        """The people about whom the worker has to decide: those whose names are not known yet."""
        authors = {message.user: message.team for message in messages if not message.from_app}
        return [Author(id=slack_id, team=team) for slack_id, team in authors.items() if slack_id not in known]

    def admitted(self, messages: Sequence[UserMessage]) -> list[UserMessage]:
        """The messages of those who may talk to the agent."""
        return [] if self.refused_here else [message for message in messages if message.user not in self.refused]

    def refusal(self, messages: Sequence[UserMessage]) -> str:
        """Why the authors of these messages may not talk to the agent, for those who were not told; else ""."""
        users = dict.fromkeys(message.user for message in messages)
        reasons = {user: self.refused_here or self.refused.get(user, "") for user in users if user not in self.told}
        self.told += [user for user, reason in reasons.items() if reason]
        return "\n".join(dict.fromkeys(filter(None, reasons.values())))


def asks_back(text: str) -> bool:
    """Whether an answer ends with a question: then the next message most likely answers it."""
    return text.rstrip(" \n*_`)\"'").endswith(("?", "？"))  # noqa: RUF001  the sign that Chinese and Japanese use
