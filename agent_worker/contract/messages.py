"""What the bot and the worker agree on: names, the workflow id, the messages that cross and how they are written.

This is the only module of the worker that the bot imports, so it stays small: everything here is either read by both
processes or stored in Temporal, where a later version must still be able to read it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


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
