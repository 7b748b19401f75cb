"""What the bot and the worker agree on: names, the workflow id, the messages that cross and how they are written.

This is the only module of the worker that the bot imports, so it stays small: everything here is either read by both
processes or stored in Temporal, where a later version must still be able to read it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter

AGENT_WORKFLOW = "AgentWorkflow"
USER_MESSAGE = "user_message"  # the signal that carries a UserMessage
MESSAGE_CHANGED = "message_changed"  # … a MessageChange
STOP = "stop"  # … a StopRequest
FEEDBACK = "feedback"  # … a Feedback
TRY_AGAIN = "try_again"  # … a TryAgain
RENAMED = "renamed"  # … a Renamed
TRANSCRIPT = "transcript"  # the query that reads a page of the conversation
# What Temporal's list of conversations shows of each: its memo's keys.
MEMO_USER = "user"  # who began it, a Slack id
MEMO_TITLE = "title"
MEMO_FEEDBACK = "feedback"  # a list of Feedback: of each turn and person, the newest
# What the agent's buttons are called in Slack; a button's value says which turn it belongs to.
STOP_BUTTON = "stop_turn"
FEEDBACK_BUTTONS = "feedback"  # the value begins with "good:" or "bad:"
TRY_AGAIN_BUTTON = "try_again"
LISTENING_WORKFLOW = "ListeningWorkflow"
HEARD = "heard"  # the signal that moves the bot's watermark; carries a Listening
SURE_UNTIL = "sure_until"  # the query that reads it: seconds since 1970


class Thread(BaseModel):
    """Where a conversation takes place: one Slack thread, or a terminal, without ids and posts."""

    model_config = ConfigDict(frozen=True)

    team: str
    channel: str
    thread_ts: str
    surface: Literal["slack", "terminal"] = "slack"

    @property
    def in_slack(self) -> bool:
        return self.surface == "slack"

    @property
    def is_direct(self) -> bool:
        """Whether it is a direct message between one person and the agent."""
        return self.in_slack and self.channel.startswith("D")


class SlackFile(BaseModel):
    """A file that came with a message, as Slack describes it; the worker fetches its bytes when it needs them."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    mimetype: str = ""
    size: int = 0  # bytes; 0 where Slack does not say


class UserMessage(BaseModel):
    """One message for the agent, as Slack wrote it; `ts` is unique in its channel and orders the conversation.

    `text` is Slack's escaped text with its tokens (`<@U1>`, `&amp;`): who is behind them is looked up by the worker.
    """

    model_config = ConfigDict(frozen=True)

    ts: str
    user: str
    text: str
    direct: bool = False  # written in a direct message, where author names would be noise
    from_app: bool = False  # written by an app that is allowed to talk to the agent
    addressed: bool = True  # mentions the agent or is written to it directly; other replies it only may answer
    team: str = ""  # the author's workspace, where it is not the agent's own (Slack Connect)
    files: list[SlackFile] = []
    attachments: list[dict[str, Any]] = []  # forwarded messages, previews and tables, as Slack writes them
    looking_at: str = ""  # the channel that the author has open beside the agent
    unseen: bool = False  # asked through the shortcut: nobody can read it in the thread


class MessageChange(BaseModel):
    """A message that its author has edited or deleted after it was sent; `at` is the `event_ts` of the change."""

    model_config = ConfigDict(frozen=True)

    ts: str
    at: str
    deleted: bool = False
    text: str = ""
    attachments: list[dict[str, Any]] = []

    @property
    def content(self) -> dict[str, Any]:
        """What takes the place of the message's own."""
        return {"text": self.text, "attachments": self.attachments}


class StopRequest(BaseModel):
    """Somebody wants the agent to stop what it was asked before the moment `at` (a Slack `ts`).

    `said` is the `ts` of the message that said so in words; "" for a button. Words that are not `addressed` may be
    meant for another person.
    """

    model_config = ConfigDict(frozen=True)

    at: str
    user: str
    said: str = ""
    addressed: bool = True


class Feedback(BaseModel):
    """What a person thinks of the answer of `turn` (its key, from the button's value); `at` is the click's `ts`."""

    model_config = ConfigDict(frozen=True)

    turn: str
    user: str
    value: Literal["good", "bad"]
    at: str


class TryAgain(BaseModel):
    """Somebody wants the answer of `turn` anew; `at` is the click's `ts`."""

    model_config = ConfigDict(frozen=True)

    turn: str
    user: str
    at: str


class Renamed(BaseModel):
    """A person has given the conversation a title."""

    model_config = ConfigDict(frozen=True)

    title: str


class Start(BaseModel):
    """What a conversation is started with; its messages come as signals."""

    model_config = ConfigDict(frozen=True)

    thread: Thread


class Listening(BaseModel):
    """Everything written in Slack before `sure_until` (seconds since 1970, as in Slack's `ts`) is handed over."""

    model_config = ConfigDict(frozen=True)

    sure_until: float


def workflow_id(team: str, channel: str, thread_ts: str) -> str:
    """The id of the one AgentWorkflow of a Slack thread; the root message's `ts` is the thread's timestamp."""
    return f"{workflow_id_prefix(team)}{channel}:{thread_ts}"


def workflow_id_prefix(team: str) -> str:
    """How the ids of all Slack conversations of a team begin."""
    return f"slack:{team}:"


def thread_of(workflow_id: str) -> Thread | None:
    """The Slack thread that a workflow's id names; None where it names none."""
    kind, *place = workflow_id.split(":")
    if kind != "slack" or len(place) != len(("team", "channel", "thread_ts")):
        return None
    return Thread(team=place[0], channel=place[1], thread_ts=place[2])


def listening_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one ListeningWorkflow of an agent in a team; each agent has a task queue of its own."""
    return f"slackbot:{task_queue}:{team}"


class _CompactPayloads(PydanticPayloadConverter):
    """Pydantic JSON without the fields that nobody set: what is stored in history is what was said."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


DATA_CONVERTER = DataConverter(payload_converter_class=_CompactPayloads)
