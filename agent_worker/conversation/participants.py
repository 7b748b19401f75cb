"""Who takes part in a conversation, whose words it answers, and who may not talk to the agent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent_worker.contract.messages import UserMessage
from agent_worker.payloads.opening import Opened
from agent_worker.payloads.policy import ThreadReplies
from agent_worker.payloads.thread import Author


@dataclass
class People:
    """Kept with the conversation. `thread_replies` is None until it has been opened; till then nothing is judged."""

    thread_replies: ThreadReplies | None = None
    spoken: list[str] = field(default_factory=list)  # everybody who has written, apps left out
    has_asked_back: bool = False  # the agent's last answer ends with a question, and nobody has written since
    refused: dict[str, str] = field(default_factory=dict)  # why somebody may not, by id
    refused_here: str = ""  # why nobody may, in this place
    told: list[str] = field(default_factory=list)  # who has been told so

    def open(self, opened: Opened) -> None:
        self.thread_replies = opened.policy.thread_replies
        self.spoken = list(dict.fromkeys([*opened.people, *self.spoken]))
        self.refused |= opened.refused
        self.refused_here = opened.refused_here

    def hear(self, message: UserMessage) -> UserMessage:
        """Notes who speaks, and judges the message: see `judged`."""
        if not message.from_app and message.user not in self.spoken:
            self.spoken.append(message.user)
        judged = self.judged(message)
        self.has_asked_back = False
        return judged

    def judged(self, message: UserMessage) -> UserMessage:
        """The message, `addressed` if it is to be answered although it names nobody; otherwise it is overheard."""
        if message.addressed or not (message.from_app or self._may_answer(message)):
            return message
        return message.model_copy(update={"addressed": True})

    def _may_answer(self, message: UserMessage) -> bool:
        if self.thread_replies == "auto":
            return self.has_asked_back or self.spoken == [message.user]
        return self.thread_replies == "all"

    def is_asked(self, messages: Sequence[UserMessage]) -> bool:
        """Whether any of them is for the agent."""
        return any(message.addressed for message in messages) or (bool(messages) and self.thread_replies is None)

    def has_answered(self, text: str) -> None:
        self.has_asked_back = asks_back(text)

    def authors(self, messages: Sequence[UserMessage], known: Mapping[str, str]) -> list[Author]:
        """Whom the worker has to judge: people whose names are not known yet."""
        authors = {message.user: message.team for message in messages if not message.from_app}
        return [Author(id=slack_id, team=team) for slack_id, team in authors.items() if slack_id not in known]

    def admitted(self, messages: Sequence[UserMessage]) -> list[UserMessage]:
        """The messages of those who may talk to the agent."""
        return [] if self.refused_here else [message for message in messages if message.user not in self.refused]

    def refusal(self, messages: Sequence[UserMessage]) -> str:
        """What those who may not have to be told, once each; "" when all of them have been."""
        users = dict.fromkeys(message.user for message in messages)
        reasons = {user: self.refused_here or self.refused.get(user, "") for user in users if user not in self.told}
        self.told += [user for user, reason in reasons.items() if reason]
        return "\n".join(dict.fromkeys(filter(None, reasons.values())))


def asks_back(text: str) -> bool:
    """Whether an answer ends with a question, so that what is written next is most likely its answer."""
    return text.rstrip(" \n*_`)\"'").endswith(("?", "？"))  # noqa: RUF001  it ends so in Chinese and Japanese
