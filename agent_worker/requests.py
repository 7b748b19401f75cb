"""What each step of a conversation is given and what it gives back: plain, small, and stored in Temporal's history.

Histories outlive versions: a field added later needs a default, or conversations that are open cannot be read any more.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from agent_worker.contract import Thread, UserMessage

# One entry of the transcript in Gemini's wire shape, {"role": "user" | "model", "parts": [...]}, signatures untouched.
# One kind of part is our own: {FILE_PART: a SlackFile}, in whose place the worker puts the file when it asks the model.
Content = dict[str, Any]
FILE_PART = "slackFile"
# Reasons for an unusable answer that change how the model is asked again.
CUT_OFF = "cut_off"
TOO_MANY_TOOL_CALLS = "too_many_tool_calls"
LONGEST_STREAM = 10  # times as long as Gemini may be silent, an answer may take

StepState = Literal["pending", "in_progress", "complete", "error"]
ThreadReplies = Literal["auto", "all", "mention"]  # which replies without a mention are answered


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Author(_Stored):
    """Who writes to the agent; `team` is the author's workspace where it is not the agent's own."""

    id: str
    team: str = ""


class FirstMessages(_Stored):
    """What a conversation begins with; `epoch` is that of its transcript."""

    epoch: str
    messages: list[UserMessage]


class OpenConversation(_Stored):
    """`earlier_than`: read what the thread says before this message's `ts`; None when nothing has to be read.

    `asks`: messages that the model is asked to answer at once, if nothing stands in the way.
    """

    thread: Thread
    ids: list[str]  # of users and channels, whose names are wanted
    earlier_than: str | None = None
    authors: list[Author] = []  # of those, who must be allowed to talk to the agent
    asks: FirstMessages | None = None


class Names(_Stored):
    """Display names by Slack id, of users and channels; `refused` as in Opened."""

    names: dict[str, str]
    refused: dict[str, str] = {}


class LookUpNames(_Stored):
    ids: list[str]
    authors: list[Author] = []


class Source(_Stored):
    """Where a result comes from: a page that a person can open."""

    text: str
    url: str


class ShownStep(_Stored):
    """One tool call as a person sees it."""

    title: str
    state: StepState
    sources: list[Source] = []


class Progress(_Stored):
    """The one progress message of a turn. `ts` is None until Slack has told it; `unsure`: it may have been posted."""

    key: str
    steps: list[ShownStep]
    ts: str | None = None
    unsure: bool = False

    @property
    def is_posted(self) -> bool:
        """Whether the steps are, or may be, in a message of their own; otherwise they belong to the draft."""
        return self.ts is not None or self.unsure


class Draft(_Stored):
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


class InThread(_Stored):
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


class Shown(_Stored):
    """Where the steps are shown: the progress message (`ts`, "" for none), or the draft they are streamed into."""

    ts: str = ""
    draft: Draft | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_release_0_1(cls, value: Any) -> Any:
        """Release 0.1.0 gave back the `ts` alone, and its conversations are still open."""
        return {"ts": value} if isinstance(value, str) else value


class AskModel(InThread):
    """`new` are the transcript's entries from index `known` on; the worker has, or reads, those before."""

    turn: str
    model: str
    epoch: str
    known: int
    new: list[Content]
    may_call_tools: bool = True
    more_room: bool = False  # the last answer was cut off before it said anything
    preface: str = ""  # Markdown that stands before the answer in the thread
    may_mention: list[str] = []
    untitled: str = ""  # what was asked first, in a conversation that still needs a title


class ToolCall(_Stored):
    """A call that the model asks for, with its tool's policy; `id` is Gemini's own and goes back with the result."""

    name: str
    args: dict[str, Any]
    id: str | None = None
    title: str = ""
    timeout_seconds: float = 30
    attempts: int = 1
    refused: str | None = None  # why this call is not run: no such tool


class ModelReply(_Stored):
    """What the model said, judged by its parts.

    `unusable` names why nothing can be done with it (ask again); `failed` is the code of a turn that this ends.
    """

    content: Content | None = None
    text: str = ""
    calls: list[ToolCall] = []
    unusable: str | None = None
    failed: str | None = None
    prompt_tokens: int = 0
    draft: Draft | None = None
    title: str = ""


class Opened(_Stored):
    """What the worker tells a conversation that starts: its own settings, and what the thread already holds.

    `reply` is the model's to the messages that it was to be asked about; without one, `draft` is what the attempt has
    left in the thread.
    """

    model: str
    bot_user_id: str
    greeting: str
    max_model_calls: int
    model_seconds: float  # how long one model call may take
    idle_seconds: float
    context_tokens: int
    max_app_turns: int = 5  # in a row, without a person
    max_hourly_turns: int = 60
    names: dict[str, str] = {}
    earlier: str = ""  # what was said in the thread before, one line an author and message
    answered: list[str] = []  # the `ts` of messages that the thread shows to be answered
    people: list[str] = []  # who has written in the thread before, apps left out
    thread_replies: ThreadReplies = "all"
    refused: dict[str, str] = {}  # why an author may not talk to the agent: a sentence for that person, by Slack id
    refused_here: str = ""  # why nobody may, in this channel or workspace
    names_conversations: bool = False  # whether a model call is asked for a title
    tools_show_steps: bool = False  # whether a tool can be asked to: not in release 0.1
    reply: ModelReply | None = None
    draft: Draft | None = None

    def with_reply(self, reply: ModelReply | Draft) -> Opened:
        """With the model's reply, or what is left where there is none."""
        return self.model_copy(update={"draft" if isinstance(reply, Draft) else "reply": reply})


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


class TellPerson(_Stored):
    """A line that only one person sees, in the thread where that person has pressed something."""

    thread: Thread
    user: str
    text: str


class Answered(_Stored):
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


class Summarise(_Stored):
    """Asks for a summary of the first `end` entries of the transcript."""

    model: str
    epoch: str
    end: int


class Summary(_Stored):
    text: str


class ReadTranscript(_Stored):
    """Asks the workflow for the entries of `epoch` from index `start` on."""

    epoch: str
    start: int
    end: int


class TranscriptPage(_Stored):
    """A page of entries, at most about 1 MB; empty with `stale` set when the epoch has changed."""

    entries: list[Content]
    stale: bool = False
