"""What a model call is given and what it gives back, and the transcript that it reads."""

from __future__ import annotations

from typing import Any

from agent_worker.payloads.thread import Draft, InThread, Stored

# One entry of the transcript in Gemini's wire shape, {"role": "user" | "model", "parts": [...]}, signatures untouched.
# One kind of part is our own: {FILE_PART: a SlackFile}, in whose place the worker puts the file when it asks the model.
Content = dict[str, Any]
FILE_PART = "slackFile"
# Reasons for an unusable answer that change how the model is asked again.
CUT_OFF = "cut_off"
TOO_MANY_TOOL_CALLS = "too_many_tool_calls"
LONGEST_STREAM = 10  # times as long as Gemini may be silent, an answer may take


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


class ToolCall(Stored):
    """A call that the model asks for, with its tool's policy; `id` is Gemini's own and goes back with the result."""

    name: str
    args: dict[str, Any]
    id: str | None = None
    title: str = ""
    timeout_seconds: float = 30
    attempts: int = 1
    refused: str | None = None  # why this call is not run: no such tool


class ModelReply(Stored):
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


class Summarise(Stored):
    """Asks for a summary of the first `end` entries of the transcript."""

    model: str
    epoch: str
    end: int


class Summary(Stored):
    text: str


class ReadTranscript(Stored):
    """Asks the workflow for the entries of `epoch` from index `start` on."""

    epoch: str
    start: int
    end: int


class TranscriptPage(Stored):
    """A page of entries, at most about 1 MB; empty with `stale` set when the epoch has changed."""

    entries: list[Content]
    stale: bool = False
