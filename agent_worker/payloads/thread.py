"""What activities are told and tell of a Slack thread: steps, drafts, deliveries. Stored in Temporal's history.

A history may be read by a later release. So a field that is added needs a default, or open conversations are lost.
"""

from __future__ import annotations

from typing import Literal

from agent_worker.contract.messages import Thread
from agent_worker.payloads import post_keys
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.quotas import Settled
from agent_worker.payloads.stored import Stored

StepState = Literal["pending", "in_progress", "complete", "error"]
Ending = Literal["", "worked", "stopped", "error"]
StepsShown = Literal["nowhere", "own message", "perhaps own message", "stream", "with the answer"]
IN_OWN_MESSAGE: frozenset[StepsShown] = frozenset({"own message", "perhaps own message"})
IN_DRAFT: frozenset[StepsShown] = frozenset({"stream", "with the answer"})


class Author(Stored):
    """A person who writes to the agent. `team` is the person's workspace, "" if it is the agent's own."""

    id: str
    team: str = ""


class Source(Stored):
    """A page that a tool's result comes from and that a person can open."""

    text: str
    url: str


class ShownStep(Stored):
    """One tool call as a person sees it. `outcome` is what came of it, in a few words."""

    title: str
    state: StepState
    sources: list[Source] = []
    outcome: str = ""


class Progress(Stored):
    """A turn's steps. There is at most one message for them alone; `key` is its post key.

    `ts` is that message's; None if there is none, or if Slack has not told it. `unsure`: an attempt to post the message
    has failed, and the thread may hold it all the same. `ending` is how the turn has ended, after so many `seconds`; ""
    while it runs.
    """

    key: str
    steps: list[ShownStep]
    ts: str | None = None
    unsure: bool = False
    ending: Ending = ""
    seconds: float = 0


class Draft(Stored):
    """What the thread shows of a turn's answer before the delivery.

    `messages` are the `ts` of its messages, oldest first; all but the last are finished. If the last one is a stream,
    `streaming_since` says when it began (seconds since 1970), `characters` how long its text is, and `has_cards`
    whether it shows the turn's steps. Otherwise the last one is changed by updates. `written` counts the characters of
    the answer itself that are shown. `unsure`: an activity that wrote into the thread has failed or was cancelled, and
    the thread may hold something else than this draft. `above` are the `ts` of messages that were written before the
    steps below them: they never become the answer, which would stand above its own steps, and go when it is there.
    """

    messages: list[str] = []
    streaming_since: float | None = None
    characters: int = 0
    written: int = 0
    has_cards: bool = False
    unsure: bool = False
    above: list[str] = []

    def below(self, steps: str | None) -> Draft:
        """The same draft once the steps have a message of their own with this `ts`."""
        older = [ts for ts in self.messages if steps is not None and float(ts) < float(steps)]
        if not older:
            return self
        younger = self.messages[len(older) :]
        moved = {"messages": younger, "above": [*self.above, *older]}
        gone = {} if younger else {"streaming_since": None, "characters": 0, "written": 0, "has_cards": False}
        return self.model_copy(update=moved | gone)

    @property
    def is_open_stream(self) -> bool:
        """Whether the last message is known to be a stream, so that it can be added to and ended."""
        return self.streaming_since is not None and not self.unsure


def steps_shown(progress: Progress | None, draft: Draft) -> StepsShown:
    """Where the thread shows a turn's steps.

    - "nowhere": they are not shown yet, or there are none.
    - "own message": in a message of their own, with the `ts` of `progress`.
    - "perhaps own message": it was posted, or not: only a look into the thread can tell.
    - "stream": as cards in the stream that will be the answer.
    - "with the answer": there is a draft without cards; whatever completes it shows them above the text.
    """
    if progress is None:
        return "nowhere"
    if progress.ts is not None:
        return "own message"
    if progress.unsure:
        return "perhaps own message"
    if draft.has_cards and not draft.unsure:
        return "stream"
    return "with the answer" if draft.messages else "nowhere"


class InThread(Stored):
    """What an activity that writes into the thread has to know of the turn.

    `turn` is the turn's key, "" outside a turn. `audience` is the person an answer is streamed to; None if an app
    wrote last, because Slack streams nothing to an app. `names` are those of people who take part, by id: a text that
    mentions somebody whom it may not notify shows the name.
    """

    thread: Thread
    turn: str = ""
    progress: Progress | None = None
    draft: Draft = Draft()
    audience: Author | None = None
    names: dict[str, str] = {}

    @property
    def steps_shown(self) -> StepsShown:
        return steps_shown(self.progress, self.draft)


class ShowProgress(InThread):
    progress: Progress


class Shown(Stored):
    """What has changed by showing the steps: the `ts` of their own message ("" for none), or the draft they are in."""

    ts: str = ""
    draft: Draft | None = None


class Deliver(InThread):
    """The complete answer to the messages `answers` (their `ts`). It replaces the draft.

    `key` names the delivery, so that it can be tried again without posting anything twice. Only the users `may_mention`
    can be notified by the text. `preface` is Markdown that stands before the answer. `offers_again`: with a "Try Again"
    button. `is_plain`: the text is posted as it is, beside all that was shown. `withdrawn`: the question was deleted,
    so nothing is posted and what the turn has shown is deleted. `title` is the conversation's new title, "" if it stays
    as it is. `is_repeated`: a delivery before this one may have done a part of it. `spent` is what the turn has cost,
    and `settled` the same for the budgets, if money was set aside for it.
    """

    key: str
    text: str
    answers: list[str]
    may_mention: list[str]
    is_notice: bool = False
    is_plain: bool = False
    preface: str = ""
    offers_again: bool = False
    withdrawn: bool = False
    title: str = ""
    is_repeated: bool = False
    spent: list[Spent] = []
    settled: Settled | None = None
    asks_people: bool = False  # a question to people follows on it: nothing below it asks them anything else

    def knew(self, ts: str) -> bool:
        """Whether the message with this `ts` had been said when the answer was made."""
        return ts in self.answers or float(post_keys.asked_at(self.key)) >= float(ts)

    def in_doubt(self) -> Deliver:
        """The same for another delivery, after one that may have done a part: it looks into the thread first."""
        draft = self.draft.model_copy(update={"unsure": True})
        return self.model_copy(update={"draft": draft, "is_repeated": True})


class TellPerson(Stored):
    """A line that only one person sees, in the thread; with `in_channel` in the channel, as the thread may be empty.

    `may_mention` are the people whom it names. Slack notifies nobody of such a line.
    """

    thread: Thread
    user: str
    text: str
    in_channel: bool = False
    may_mention: list[str] = []


class Answered(Stored):
    """What is kept of a turn that is over, so that it can be tried again."""

    key: str
    answers: list[str]
    may_mention: list[str]
    audience: Author | None = None

    def without(self, ts: str) -> Answered:
        """The same, of a turn that does not answer the message with this `ts`."""
        return self.model_copy(update={"answers": [one for one in self.answers if one != ts]})

    @property
    def next_key(self) -> str:
        """The key of the turn that tries this one again."""
        return post_keys.next_turn(self.key)
