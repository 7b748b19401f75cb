"""What each step of a conversation is given and what it gives back: plain, small, and stored in Temporal's history.

Histories outlive versions: a field added later needs a default, or conversations that are open cannot be read any more.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from agent_worker.contract.messages import Thread

StepState = Literal["pending", "in_progress", "complete", "error"]


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Author(Stored):
    """Who writes to the agent; `team` is the author's workspace where it is not the agent's own."""

    id: str
    team: str = ""


class Source(Stored):
    """Where a result comes from: a page that a person can open."""

    text: str
    url: str


class ShownStep(Stored):
    """One tool call as a person sees it."""

    title: str
    state: StepState
    sources: list[Source] = []


class Progress(Stored):
    """The one progress message of a turn. `ts` is None until Slack has told it; `unsure`: it may have been posted."""

    key: str
    steps: list[ShownStep]
    ts: str | None = None
    unsure: bool = False

    @property
    def is_posted(self) -> bool:
        """Whether the steps are, or may be, in a message of their own; otherwise they belong to the draft."""
        return self.ts is not None or self.unsure


class Draft(Stored):
    """What a thread holds of a turn's answer before it is delivered.

    `messages` are their `ts`, oldest first; each but the last is finished. `streaming_since` (seconds since 1970): the
    last one is a stream, of `characters` so far, and with the turn's steps in it if it `has_cards`; None: it is changed
    by updates. `written` counts the characters of the answer's own text that are shown. `unsure`: the thread may hold
    more or other than this says, so look.
    """

    messages: list[str] = []
    streaming_since: float | None = None
    characters: int = 0
    written: int = 0
    has_cards: bool = False
    unsure: bool = False


class InThread(Stored):
    """What a step has to know of its turn in the thread.

    `turn` is the turn's key; `audience` is for whom it is streamed, None where nothing can be.
    """

    thread: Thread
    turn: str = ""
    progress: Progress | None = None
    draft: Draft = Draft()
    audience: Author | None = None


class ShowProgress(InThread):
    progress: Progress


class Shown(Stored):
    """Where the steps are shown: the progress message (`ts`, "" for none), or the draft they are streamed into."""

    ts: str = ""
    draft: Draft | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_release_0_1(cls, value: Any) -> Any:
        """Release 0.1.0 gave back the `ts` alone, and its conversations are still open."""
        return {"ts": value} if isinstance(value, str) else value


class Deliver(InThread):
    """The complete answer to the messages `answers` (their `ts`); `key` makes it said once.

    It takes the place of the `draft`. `offers_again`: with a button to try again. `withdrawn`: the question was taken
    back, so nothing is said and what was shown is taken away. `title`: what the conversation is called from now on.
    """

    key: str
    text: str
    answers: list[str]
    may_mention: list[str]
    is_notice: bool = False
    preface: str = ""
    offers_again: bool = False
    withdrawn: bool = False
    title: str = ""


class TellPerson(Stored):
    """A line that only one person sees, in the thread; `in_channel`: in the channel, as the thread may be empty."""

    thread: Thread
    user: str
    text: str
    in_channel: bool = False


class Answered(Stored):
    """What is kept of a turn that is over, so that it can be tried again."""

    key: str
    answers: list[str]
    may_mention: list[str]
    audience: Author | None = None

    @property
    def next_key(self) -> str:
        """The key of the turn that tries it again: its posts have to be told from those of the first."""
        ts, _, number = self.key.partition(":again")
        return f"{ts}:again{int(number or 0) + 1}"
