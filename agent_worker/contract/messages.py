"""The messages that cross between the bot and the worker: what starts a workflow, and what its signals carry.

Temporal stores them, so a later version must still be able to read them. A moment is a Slack `ts`: seconds since 1970,
as text, with six decimals.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Thread(BaseModel):
    """Where a conversation takes place: one Slack thread, or a terminal, which has no Slack ids and no posts."""

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
        """Whether the thread is in the direct messages between one person and the agent."""
        return self.in_slack and self.channel.startswith("D")


class SlackFile(BaseModel):
    """A file that came with a message, as Slack describes it. Its bytes are downloaded by the worker, when needed."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    mimetype: str = ""
    size: int = 0  # bytes; 0 where Slack does not say


class UserMessage(BaseModel):
    """One message for the agent. `ts` is unique in its channel, and the conversation is in the order of `ts`.

    `text` is as Slack sends it, escaped and with ids (`<@U1>`, `&amp;`): the worker looks up the names behind the ids.
    """

    model_config = ConfigDict(frozen=True)

    ts: str
    user: str
    text: str
    direct: bool = False  # written in a direct message, where the author's name need not be said
    from_app: bool = False  # written by an app that is allowed to talk to the agent
    addressed: bool = True  # a mention or a direct message; False for a reply that the agent may leave unanswered
    team: str = ""  # the author's workspace, if it is not the agent's own (Slack Connect)
    files: list[SlackFile] = []
    attachments: list[dict[str, Any]] = []  # forwarded messages, previews and tables, as Slack writes them
    looking_at: str = ""  # the channel that the author has open beside the agent
    looking_at_message: str = ""  # … and the `ts` of the message in it, if Slack tells one
    # Slack's permission to search for the author, valid for a while. Worth nothing without the bot's token.
    action_token: str = ""
    left_out: bool = False  # too much was waiting to be read: only that it was written is kept
    unseen: bool = False  # asked through the message shortcut, so nobody can read it in the thread
    addressed_at: str = ""  # when it was addressed to the agent, if later than `ts`: by an edit, whose `event_ts` it is

    @property
    def content(self) -> dict[str, Any]:
        """What an edit replaces: the text and the attachments."""
        return {"text": self.text, "attachments": self.attachments}

    @property
    def asked_at(self) -> float:
        """When it was addressed to the agent, in seconds since 1970 by Slack's clock."""
        return max(float(self.ts), float(self.addressed_at or 0))

    def completed_by(self, other: UserMessage) -> UserMessage:
        """The same with what only the other of its two events has brought; itself if that is nothing."""
        brought = {name: getattr(other, name) for name in ("files", "action_token")}
        more = {name: value for name, value in brought.items() if value and not getattr(self, name)}
        return self.model_copy(update=more) if more else self


class MessageChange(BaseModel):
    """An edit or a deletion of a message that was sent before; `at` is the `event_ts` of the change.

    `user`, `team` and `from_app` are of the message's author, as in UserMessage; the bot of release 0.2 did not tell
    them.
    """

    model_config = ConfigDict(frozen=True)

    ts: str
    at: str
    deleted: bool = False
    text: str = ""
    attachments: list[dict[str, Any]] = []
    user: str = ""
    team: str = ""
    from_app: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """The text and attachments that replace those of the message."""
        return {"text": self.text, "attachments": self.attachments}

    def by(self, message: UserMessage) -> MessageChange:
        """The same change, with the author of the message."""
        author = {"user": message.user, "team": message.team, "from_app": message.from_app}
        return self.model_copy(update=author)

    @property
    def as_deletion(self) -> MessageChange:
        """The same moment, but the message is gone."""
        return MessageChange(ts=self.ts, at=self.at, deleted=True)


NO_MOMENT = "0.000000"  # in place of a `ts`; this machine's clock is not Slack's, so it says nothing either


class StopRequest(BaseModel):
    """Somebody wants the agent to stop what it was asked to do before the moment `at`.

    Slack tells no moment with a command: `at` is then NO_MOMENT, and what the conversation has received by then stops.
    `said` is the `ts` of the message that says "stop"; "" if a button was pressed. A message that is not `addressed` to
    the agent may be meant for another person. `thread_ts` is the thread of that message, "" if it is the conversation's
    own: there the person is told if nothing was stopped.
    """

    model_config = ConfigDict(frozen=True)

    at: str
    user: str
    said: str = ""
    thread_ts: str = ""
    addressed: bool = True
    team: str = ""  # the person's workspace, as in UserMessage
    from_app: bool = False  # said by an app that is allowed to talk to the agent


class SaidToOthers(BaseModel):
    """A message of the thread with which people turn to somebody else, or with which another app asks them something.

    What people write after it is not for the agent, unless they say so. `ts` is the message's; `by_app`: an app asks.
    """

    model_config = ConfigDict(frozen=True)

    ts: str
    by_app: bool = False


class Feedback(BaseModel):
    """What a person thinks of an answer. `turn` is the key of the answer's turn; `at` is the click's `ts`.

    A `reason` comes later, from the form that opens with the click: in a Feedback of its own with the same `at`.
    """

    model_config = ConfigDict(frozen=True)

    turn: str
    user: str
    value: Literal["good", "bad"]
    at: str
    team: str = ""  # the person's workspace, as in UserMessage
    reason: str = ""  # why the answer is bad, in the person's own words


class TryAgain(BaseModel):
    """Somebody wants a new answer to the question of `turn` (the key of a turn); `at` is the click's `ts`."""

    model_config = ConfigDict(frozen=True)

    turn: str
    user: str
    at: str
    team: str = ""  # the person's workspace, as in UserMessage


class Renamed(BaseModel):
    """A person has given the conversation a title.

    The bot of release 0.2 did not say who: nobody can tell whether that person may, so its title is not taken. `at` is
    the event's `event_ts`.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    user: str = ""
    at: str = NO_MOMENT
    team: str = ""  # the person's workspace, as in UserMessage


class Start(BaseModel):
    """The argument of a new AgentWorkflow; the messages come as signals."""

    model_config = ConfigDict(frozen=True)

    thread: Thread


class Listening(BaseModel):
    """The watermark: the bot has handed over every message written before `sure_until`, in seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    sure_until: float
