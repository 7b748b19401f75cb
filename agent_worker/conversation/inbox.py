"""What people have written and changed, until a turn takes it up. Pure."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from agent_worker.contract.messages import MessageChange, TryAgain, UserMessage
from agent_worker.conversation.wording import quotations
from agent_worker.conversation.wording.quotations import Written
from agent_worker.payloads.storage_limits import size_of

SEEN_MESSAGES = 2_000  # Slack redelivers for a day at most; a thread does not get more messages in that time
BATCH_BYTES = 200_000  # of the messages that one turn takes up at once
WAITING_BYTES = 10_000_000  # of the whole inbox; what is taken from it goes into history, which ends at 50 MB
CARRIED_BYTES = 300_000  # of the inbox, in a new run that has to begin now
OVERHEARD = 50  # messages that are not for the agent, and that wait for the next one that is
CHANGES_AHEAD = 20  # messages that have not arrived yet and whose edits are kept
AHEAD_BYTES = 300_000  # of these edits; the next run has to carry them
CHANGES_KNOWN = 2_000  # moments of edits and deletions; an older edit that arrives later changes nothing


@dataclass(kw_only=True)
class Inbox:
    """Messages in the order of their arrival, each once: a mention arrives as two events, and Slack redelivers.

    Thousands may arrive at once, after a time without a worker: none of them may cost a look at all the others.
    """

    messages: list[UserMessage] = field(default_factory=list)
    waiting: int = 0  # bytes of the messages' texts and attachments
    seen: list[str] = field(default_factory=list)  # the `ts` of messages that were received, the newest last
    overheard: list[str] = field(default_factory=list)  # of these, those that were not for the agent
    told_edits: dict[str, int] = field(default_factory=dict)  # by `ts` of these: the text that a turn has read, its sum
    readdressed: list[str] = field(default_factory=list)  # of these, those that an edit has addressed to the agent
    ahead: list[MessageChange] = field(default_factory=list)  # edits that came before their messages
    changed_at: dict[str, str] = field(default_factory=dict)  # the newest change's moment, by the message's `ts`
    deleted: list[str] = field(default_factory=list)  # the `ts` of messages that were deleted, the newest last
    stopped_at: float = 0.0  # what was asked before this moment is not answered; seconds since 1970
    again: TryAgain | None = None  # somebody wants the last turn anew, and that has not begun yet

    def __post_init__(self) -> None:
        self._seen = set(self.seen)
        self._index()

    def _index(self) -> None:
        self._by_ts = {message.ts: message for message in self.messages}
        self._asides = [message for message in self.messages if not message.addressed]

    @property
    def asides(self) -> Sequence[UserMessage]:
        """The waiting messages that are not for the agent, at most twice OVERHEARD of them."""
        return self._asides

    # Receiving

    def accept(self, message: UserMessage) -> UserMessage | None:
        """The message as it now reads; None if it was received before."""
        if message.ts in self._seen:
            self._complete(message)
            return None
        self._mark_seen(message.ts)
        if not message.addressed:
            self.overheard = [*self.overheard, message.ts][-SEEN_MESSAGES:]
        message = self.without_old_quotations(self._as_edited(message))
        if message.unseen and self._is_stopped(message):
            # Its `ts` is the moment at which the form was opened, and it was sent after the stop.
            message = message.model_copy(update={"addressed_at": f"{self.stopped_at:.6f}"})
        if self.waiting + _weight(message) > WAITING_BYTES:
            return _left_out(message)
        return message

    def add(self, message: UserMessage) -> None:
        self.messages.append(message)
        self._by_ts[message.ts] = message
        self.waiting += _weight(message)
        if not message.addressed:
            self._asides.append(message)
            if len(self._asides) >= 2 * OVERHEARD:  # not with each message: it looks at all of them
                self._drop_oldest_asides()

    def _drop_oldest_asides(self) -> None:
        """Keeps of the messages that are not for the agent only the newest OVERHEARD."""
        dropped, self._asides = self._asides[:-OVERHEARD], self._asides[-OVERHEARD:]
        if not dropped:
            return
        self.waiting -= sum(map(_weight, dropped))
        for message in dropped:
            del self._by_ts[message.ts]
        self.messages = [message for message in self.messages if message.ts in self._by_ts]

    def is_new(self, ts: str) -> bool:
        """Whether no message with this `ts` was received before; from now on, one was."""
        if ts in self._seen:
            return False
        self._mark_seen(ts)
        return True

    def is_newly_addressed(self, message: UserMessage) -> bool:
        """Whether an edit has addressed a message to the agent that was received before and was not for the agent."""
        if message.ts not in self._seen or not message.addressed:
            return False
        was_overheard = message.ts in self.overheard and message.ts not in self.deleted
        is_answered = self.told_edits.get(message.ts) == _sum(message.text)
        known = self._by_ts.get(message.ts)
        waits = known is not None and known.addressed
        return was_overheard and not is_answered and not waits and not self._is_edited_since(message)

    def _is_edited_since(self, message: UserMessage) -> bool:
        """Whether the message that waits has words of a newer edit than the one that has addressed it."""
        known = self._by_ts.get(message.ts)
        is_other = known is not None and known.text != message.text
        return is_other and float(self.changed_at.get(message.ts, "-inf")) > message.asked_at

    def note_told(self, edit: MessageChange) -> None:
        """Notes that a turn has read this edit, so that its answer is for that, too."""
        if edit.ts in self.overheard:
            self.told_edits = {ts: one for ts, one in self.told_edits.items() if ts in self.overheard}
            self.told_edits[edit.ts] = _sum(edit.text)

    def note_asked(self, asked: Collection[str]) -> None:
        """Notes that these messages (their `ts`) have their answer, or get one: no edit brings them another."""
        self.overheard = [ts for ts in self.overheard if ts not in asked]

    def readdress(self, message: UserMessage) -> None:
        """Puts in the message as it reads now, in the place of its older version if that still waits."""
        self.keep([*(known for known in self.messages if known.ts != message.ts), message])

    def _mark_seen(self, ts: str) -> None:
        self.seen.append(ts)
        self._seen.add(ts)
        if len(self.seen) > SEEN_MESSAGES:
            self._seen.discard(self.seen.pop(0))

    def _complete(self, message: UserMessage) -> None:
        """Of the two events of a mention, one alone may have the message's files, or the permission to search."""
        known = self._by_ts.get(message.ts)
        if known is not None and (whole := known.completed_by(message)) is not known:
            self._replace(known, whole)

    def _replace(self, waiting: UserMessage, *now: UserMessage) -> None:
        """Puts `now` in the place of a message that waits: the message as it reads now, or nothing."""
        at = next(index for index, message in enumerate(self.messages) if message is waiting)
        self.messages[at : at + 1] = now
        self.waiting += sum(map(_weight, now)) - _weight(waiting)
        self._asides = [each for one in self._asides for each in (now if one is waiting else [one])]
        del self._by_ts[waiting.ts]
        self._by_ts |= {message.ts: message for message in now}

    # Changes

    def is_news(self, change: MessageChange) -> bool:
        """Whether nothing newer is known of the message; from now on, this is. Changes may arrive in any order."""
        if float(self.changed_at.get(change.ts, "-inf")) >= float(change.at) or change.ts in self.deleted:
            return False
        self.changed_at.pop(change.ts, None)
        self.changed_at[change.ts] = change.at
        if len(self.changed_at) > CHANGES_KNOWN:
            del self.changed_at[next(iter(self.changed_at))]
        if change.deleted:
            self.deleted = [*self.deleted, change.ts][-CHANGES_KNOWN:]
        return True

    @property
    def knows_only_deletions(self) -> bool:
        """Whether nobody has written here yet, as far as is known: a message was deleted before it arrived."""
        return bool(self.seen) and set(self.seen) <= set(self.deleted)

    def change(self, change: MessageChange) -> None:
        """Applies an edit or a deletion of a message that no turn has read. An edit may come before its message."""
        known = self._by_ts.get(change.ts)
        if change.deleted:
            self.is_new(change.ts)
        elif change.ts not in self._seen:
            self._keep_ahead(change)
        if known is not None:
            self._replace(known, *([] if change.deleted else [known.model_copy(update=change.content)]))

    def changes_ahead(self, known: Collection[str]) -> list[MessageChange]:
        """The changes of these messages (their `ts`) that were heard before the messages."""
        deleted = [MessageChange(ts=ts, at="0", deleted=True) for ts in self.deleted if ts in known]
        return [*sorted((one for one in self.ahead if one.ts in known), key=lambda one: float(one.at)), *deleted]

    def _keep_ahead(self, change: MessageChange) -> None:
        """Keeps the newest edit of each message that has not come; nobody's edits push out those of somebody else."""
        others = [one for one in self.ahead if one.ts != change.ts]
        edits = [one for one in (*self.ahead, change) if one.ts == change.ts]
        self.ahead = [*others, max(edits, key=lambda edit: float(edit.at))]
        while len(self.ahead) > CHANGES_AHEAD:
            self.ahead.remove(_first_of_busiest(self.ahead, lambda _: 1))
        while sum(map(_weight, self.ahead)) > AHEAD_BYTES:
            self.ahead.remove(_first_of_busiest(self.ahead, _weight))

    def _as_edited(self, message: UserMessage) -> UserMessage:
        edits = [change for change in self.ahead if change.ts == message.ts]
        self.ahead = [change for change in self.ahead if change.ts != message.ts]
        # A conversation that release 0.2 has carried over may have several.
        return message.model_copy(update=max(edits, key=lambda edit: float(edit.at)).content) if edits else message

    def take_back_quotation(self, ts: str) -> None:
        """Takes what they quote of the message `ts`, which was edited or deleted, out of the waiting messages."""
        self.keep([quotations.without(message, ts) for message in self.messages])

    def without_old_quotations(self, message: Written) -> Written:
        """The message without what it quotes of messages that were deleted, or edited since it was written.

        It may arrive later than the change. An edit of it, too, brings back what it has always quoted.
        """
        for ts in quotations.quoted(message):
            if ts in self.deleted or float(self.changed_at.get(ts, "-inf")) > float(message.ts):
                message = quotations.without(message, ts)
        return message

    # Taking up

    def take(self) -> list[UserMessage]:
        """Takes out the messages of the next turn, in Slack's order: the order of arrival is not reliable."""
        self._drop_oldest_asides()
        waiting = sorted(self.messages, key=lambda message: message.ts)
        sizes = accumulate(map(_weight, waiting))
        count = max(1, sum(size <= BATCH_BYTES for size in sizes))
        self.keep(waiting[count:])
        return waiting[:count]

    @property
    def stopped(self) -> list[UserMessage]:
        """The messages that were asked before the last stop."""
        return [message for message in self.messages if self._is_stopped(message)]

    def _is_stopped(self, message: UserMessage) -> bool:
        return message.asked_at < self.stopped_at

    def drop_stopped(self) -> list[UserMessage]:
        """Takes out what was asked before the last stop."""
        stopped = self.stopped
        self.keep([message for message in self.messages if not self._is_stopped(message)])
        return stopped

    def leave_out(self) -> None:
        """Leaves out what the newest of the waiting messages say, until the rest fits into CARRIED_BYTES."""
        kept, room = [], CARRIED_BYTES
        for message in sorted(self.messages, key=lambda one: one.ts):
            room -= _weight(message)
            kept.append(message if room >= 0 else _left_out(message))
        self.keep(kept)

    def put_back(self, messages: list[UserMessage]) -> None:
        """Puts back messages that turned out not to be for the agent; the next turn reads them, too."""
        overheard = [message.model_copy(update={"addressed": False}) for message in messages]
        self.keep([*overheard, *self.messages])

    def keep(self, messages: list[UserMessage]) -> None:
        """Makes these the waiting messages; of those that are not for the agent, the newest OVERHEARD stay."""
        self.messages = messages
        self.waiting = sum(map(_weight, messages))
        self._index()
        self._drop_oldest_asides()


def _sum(text: str) -> int:
    """A number that two different texts hardly ever share; the same in every process."""
    return zlib.crc32(text.encode())


def _left_out(message: UserMessage) -> UserMessage:
    return message.model_copy(update={"text": "", "attachments": [], "left_out": True})


def _first_of_busiest(changes: Sequence[MessageChange], weight: Callable[[MessageChange], int]) -> MessageChange:
    """The oldest of the changes by the author whose changes weigh the most together."""
    weights: Counter[str] = Counter()
    for change in changes:
        weights[change.user] += weight(change)
    busiest = max(weights, key=weights.__getitem__)
    return next(change for change in changes if change.user == busiest)


def _weight(message: UserMessage | MessageChange) -> int:
    """Bytes of what a person wrote and attached."""
    return size_of(message.text) + (size_of(message.attachments) if message.attachments else 0)
