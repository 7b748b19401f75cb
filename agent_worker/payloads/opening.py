"""What a conversation learns from the worker when it opens, and when people join it."""

from __future__ import annotations

from typing import Literal

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.payloads.model import ModelReply
from agent_worker.payloads.thread import Author, Draft, Stored

Naming = Literal["model", "words", "off"]  # what gives a conversation its title
ThreadReplies = Literal["auto", "all", "mention"]  # which replies without a mention are answered


class FirstMessages(Stored):
    """What a conversation begins with; `epoch` is that of its transcript."""

    epoch: str
    messages: list[UserMessage]


class OpenConversation(Stored):
    """`earlier_than`: read what the thread says before this message's `ts`; None when nothing has to be read.

    `asks`: messages that the model is asked to answer at once, if nothing stands in the way.
    """

    thread: Thread
    ids: list[str]  # of users and channels, whose names are wanted
    earlier_than: str | None = None
    authors: list[Author] = []  # of those, who must be allowed to talk to the agent
    asks: FirstMessages | None = None


class Names(Stored):
    """Display names by Slack id, of users and channels; `refused` as in Opened."""

    names: dict[str, str]
    refused: dict[str, str] = {}


class LookUpNames(Stored):
    ids: list[str]
    authors: list[Author] = []


class Opened(Stored):
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
