"""What the bot and the worker agree on: names, the workflow id, the messages that cross and how they are written.

This is the only module of the worker that the bot imports, so it stays small: everything here is either read by both
processes or stored in Temporal, where a later version must still be able to read it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter

AGENT_WORKFLOW = "AgentWorkflow"
USER_MESSAGE = "user_message"  # the signal that carries a UserMessage
TRANSCRIPT = "transcript"  # the query that reads a page of the conversation
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


def listening_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one ListeningWorkflow of an agent in a team; each agent has a task queue of its own."""
    return f"slackbot:{task_queue}:{team}"


class _CompactPayloads(PydanticPayloadConverter):
    """Pydantic JSON without the fields that nobody set: what is stored in history is what was said."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


DATA_CONVERTER = DataConverter(payload_converter_class=_CompactPayloads)
