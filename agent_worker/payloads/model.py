"""What a model call is given and what it gives back, and the transcript that it reads."""

from __future__ import annotations

from typing import Any

from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.questions import Approval, Choice
from agent_worker.payloads.quotas import Claim, Hold, OverQuota
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.thread import Draft, InThread

# An entry of the transcript in Gemini's wire shape: {"role": "user" | "model", "parts": [...]}, with all signatures.
# One kind of part is our own: {FILE_PART: a SlackFile}. The worker puts the file in its place when it asks the model.
Content = dict[str, Any]
FILE_PART = "slackFile"
FILES = "files"  # in a tool's result beside its output: the SlackFiles that the call has shown in the thread
SHOWN = "shown"  # in a tool's result beside its output: what came of it, for the card; the model does not get it
# Reasons for an unusable reply that change how the model is asked again.
CUT_OFF = "cut_off"
TOO_MANY_TOOL_CALLS = "too_many_tool_calls"
LONGEST_STREAM = 10  # a whole answer may take this many times as long as Gemini may be silent


class AskModel(InThread):
    """A model call. `new` holds the transcript's entries from index `known` on.

    `version` is the digest of the agent's version that the turn has; "" at the beginning of a turn: the worker then
    takes the version of that moment. `known_version` is the digest of the one that the workflow has.

    The worker has the entries before, or reads them from the workflow. The reply is streamed into the thread.
    """

    turn: str
    model: str
    epoch: str
    known: int
    new: list[Content]
    may_call_tools: bool = True
    more_room: bool = False  # the last reply was cut off before it said anything
    preface: str = ""  # Markdown that stands before the answer in the thread
    may_mention: list[str] = []
    untitled: str = ""  # what was asked first, in a conversation that still needs a title
    claim: Claim | None = None  # a place in the quotas, if the turn has none yet, and money if a budget is set
    number: int = 0  # of this model call in its turn, counted from 1; 0 in what release 0.2 has stored
    agent: str = ""  # the agent of the conversation; "" if it has none yet
    version: str = ""
    known_version: str = ""
    size: int = 0  # bytes of the transcript, with what its files add; told with a claim: money is set aside by it
    may_search: bool = False  # Slack has permitted to search in this turn, or in one before


# The signal with which the activity tells its workflow that a model call has failed and is tried again.
MODEL_CALL_FAILS = "model_call_fails"


class FailingCall(Stored):
    """The model call of this `number`, in the turn of this key."""

    turn: str
    number: int


class ToolCall(Stored):
    """A tool call that the model asks for, with the tool's policy. `id` is Gemini's and goes back with the result.

    `approval`: it runs only if people approve it. `choice`: it is no tool's, but a question of the model to people.
    """

    name: str
    args: dict[str, Any]
    id: str | None = None
    title: str = ""
    timeout_seconds: float = 30
    attempts: int = 1
    refused: str | None = None  # why this call is not run, in words for the model
    unknown_if_lost: bool = False  # of an attempt that ends without a word, nobody knows whether it has done anything
    approval: Approval | None = None
    choice: Choice | None = None

    @property
    def asks_first(self) -> bool:
        """Whether people have to say something before it has a result."""
        return self.refused is None and (self.approval is not None or self.choice is not None)


class ModelReply(Stored):
    """What the model said: an answer, tool calls, or neither.

    `unusable`: why nothing can be done with the reply; the model is asked again. `failed`: the error code with which
    the turn ends. `draft`: what the thread shows of the answer. `title`: a title for the conversation, "" for none.
    `over_quota`: the model was not asked, because the turn has no place in the quotas, or no money is left for it.
    `spent` is what the call has cost, with a title and with attempts that have failed; `hold`: money set aside for the
    turn.
    `digest` is that of the agent's version by which the model was asked, and `version` is that version, if the workflow
    does not have it.
    """

    content: Content | None = None
    text: str = ""
    calls: list[ToolCall] = []
    unusable: str | None = None
    failed: str | None = None
    prompt_tokens: int = 0
    draft: Draft | None = None
    title: str = ""
    over_quota: OverQuota | None = None
    spent: list[Spent] = []
    hold: Hold | None = None
    digest: str = ""
    version: AgentVersion | None = None


class Summarise(Stored):
    """Asks for a summary of the first `end` entries of the transcript. `payer` is who pays for it, "" for nobody."""

    model: str
    epoch: str
    end: int
    payer: str = ""


class Summary(Stored):
    text: str
    spent: list[Spent] = []


class ReadTranscript(Stored):
    """Asks the workflow for the entries of `epoch` from index `start` on."""

    epoch: str
    start: int
    end: int


class TranscriptPage(Stored):
    """Entries, at most about 1 MB; none, with `stale` set, if the transcript has another epoch by now."""

    entries: list[Content]
    stale: bool = False
