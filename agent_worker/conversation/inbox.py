"""What people have written and changed, until a turn takes it up. Pure, and carried with the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from agent_worker.contract.messages import MessageChange, StopRequest, TryAgain, UserMessage
from agent_worker.conversation.participants import People
from agent_worker.payloads.limits import size_of

SEEN_MESSAGES = 2_000  # Slack redelivers for a day at most; a thread does not get more messages in that time
INBOX_BYTES = 200_000  # of messages that are taken at once
WAITING_BYTES = 10_000_000  # of the whole inbox; what is taken from it goes into history, which ends at 50 MB
ENVELOPE_BYTES = 200  # of a message beside its text
OVERHEARD = 50  # messages that were not for the agent and that it hears with the next one that is
CHANGES_AHEAD = 20  # edits of messages that have not come yet
LEFT_OUT = "(This message was left out: too much was waiting to be read.)"


@dataclass(kw_only=True)
class Inbox:
    inbox: list[UserMessage] = field(default_factory=list)
    waiting: int = 0  # bytes of the inbox's texts
    seen: list[str] = field(default_factory=list)
    ahead: list[MessageChange] = field(default_factory=list)  # edits that came before their messages
    stopped_at: float = 0.0  # whatever was asked before is not answered; seconds since 1970
    again: TryAgain | None = None  # somebody wants the last turn anew, and that has not begun yet
    people: People = field(default_factory=People)

    def receive(self, message: UserMessage) -> None:
        """Puts a message in the inbox, once: mentions arrive twice, and Slack redelivers."""
        if message.ts in self.seen:
            self._complete(message)
            return
        self._forget(message.ts)
        message = self._as_edited(message)
        if self.waiting + _weight(message) > WAITING_BYTES:
            message = message.model_copy(update={"text": LEFT_OUT, "attachments": []})
        heard = self.people.hear(message)
        if heard.addressed:
            self.inbox.append(heard)
            self.waiting += _weight(heard)
        else:
            self._keep_waiting([*self.inbox, heard])

    def _forget(self, ts: str) -> None:
        """This message is not received any more, whoever delivers it again."""
        self.seen = [*self.seen, ts][-SEEN_MESSAGES:]

    def _complete(self, message: UserMessage) -> None:
        """Of the two events of a mention, only one has its files."""
        for index, known in enumerate(self.inbox):
            if known.ts == message.ts and message.files and not known.files:
                self.inbox[index] = message.model_copy(update={"addressed": known.addressed})

    def change(self, change: MessageChange) -> None:
        """Takes up that a message was edited or deleted before it was read. Slack may tell so before the message."""
        if change.deleted:
            self._forget(change.ts)
            self._keep_waiting([message for message in self.inbox if message.ts != change.ts])
            return
        if change.ts not in self.seen:
            self.ahead = [*self.ahead, change][-CHANGES_AHEAD:]
        self._keep_waiting(
            [one.model_copy(update=change.content) if one.ts == change.ts else one for one in self.inbox]
        )

    def _as_edited(self, message: UserMessage) -> UserMessage:
        """The message as it now reads."""
        edits = [change for change in self.ahead if change.ts == message.ts]
        self.ahead = [change for change in self.ahead if change not in edits]
        return message.model_copy(update=max(edits, key=lambda edit: float(edit.at)).content) if edits else message

    @property
    def has_work(self) -> bool:
        """Whether anything that waits is for the agent; the rest is heard with it."""
        return self.again is not None or self.people.is_asked(self.inbox)

    def overhear(self, messages: Sequence[UserMessage]) -> None:
        """Puts back what turned out not to be for the agent."""
        heard = [message.model_copy(update={"addressed": False}) for message in messages]
        self._keep_waiting([*heard, *self.inbox])

    def stop(self, request: StopRequest) -> bool:
        """Whatever was asked before is not begun any more; whether there was anything of that kind."""
        self.stopped_at = max(self.stopped_at, float(request.at))
        return bool(self._stopped)

    @property
    def _stopped(self) -> list[UserMessage]:
        return [message for message in self.inbox if float(message.ts) < self.stopped_at]

    def drop_stopped(self) -> list[UserMessage]:
        """Takes out of the inbox what was asked before the last stop."""
        stopped = self._stopped
        self._keep_waiting([message for message in self.inbox if message not in stopped])
        return stopped

    def has_heard(self, ts: str) -> bool:
        """Whether this message was received before; from now on it was."""
        if ts in self.seen:
            return True
        self._forget(ts)
        return False

    def take_messages(self) -> list[UserMessage]:
        """The messages that come next, in Slack's order: that of their arrival is not reliable."""
        waiting = sorted(self.inbox, key=lambda message: message.ts)
        sizes = accumulate(map(_weight, waiting))
        count = max(1, sum(size <= INBOX_BYTES for size in sizes))
        self._keep_waiting(waiting[count:])
        return waiting[:count]

    def _keep_waiting(self, messages: list[UserMessage]) -> None:
        overheard = [message for message in messages if not message.addressed]
        too_old = overheard[: max(0, len(overheard) - OVERHEARD)]
        self.inbox = [message for message in messages if message not in too_old] if too_old else messages
        self.waiting = sum(map(_weight, self.inbox))

    @property
    def inbox_bytes(self) -> int:
        """What the inbox adds to a payload."""
        return sum(_weight(message) + ENVELOPE_BYTES for message in self.inbox)


def _weight(message: UserMessage) -> int:
    """Bytes of what a person wrote and attached."""
    return size_of(message.text) + (size_of(message.attachments) if message.attachments else 0)
