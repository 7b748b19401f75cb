"""What each step of a conversation is given and what it gives back: plain, small, and stored in Temporal's history.

Histories outlive versions: a field added later needs a default, or conversations that are open cannot be read any more.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agent_worker.contract import Thread

# One entry of the transcript in Gemini's wire shape, {"role": "user" | "model", "parts": [...]}, signatures untouched.
Content = dict[str, Any]
# Reasons for an unusable answer that change how the model is asked again.
CUT_OFF = "cut_off"
TOO_MANY_TOOL_CALLS = "too_many_tool_calls"

StepState = Literal["pending", "in_progress", "complete", "error"]


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class OpenConversation(_Stored):
    """`earlier_than`: read what the thread says before this message's `ts`; None when nothing has to be read."""

    thread: Thread
    ids: list[str]  # of users and channels, whose names are wanted
    earlier_than: str | None = None


class Opened(_Stored):
    """What the worker tells a conversation that starts: its own settings, and what the thread already holds."""

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


class Names(_Stored):
    """Display names by Slack id, of users and channels."""

    names: dict[str, str]


class LookUpNames(_Stored):
    ids: list[str]


class ShownStep(_Stored):
    """One tool call as a person sees it."""

    title: str
    state: StepState


class Progress(_Stored):
    """The one progress message of a turn. `ts` is None until Slack has told it; `unsure`: it may have been posted."""

    key: str
    steps: list[ShownStep]
    ts: str | None = None
    unsure: bool = False


class ShowProgress(_Stored):
    thread: Thread
    progress: Progress


class AskModel(_Stored):
    """`new` are the transcript's entries from index `known` on; the worker has, or reads, those before."""

    thread: Thread
    turn: str
    model: str
    epoch: str
    known: int
    new: list[Content]
    may_call_tools: bool = True
    more_room: bool = False  # the last answer was cut off before it said anything
    progress: Progress | None = None


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


class Deliver(_Stored):
    """The complete answer to the messages `answers` (their `ts`); `key` makes it said once."""

    thread: Thread
    key: str
    text: str
    answers: list[str]
    may_mention: list[str]
    is_notice: bool = False
    progress: Progress | None = None


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
