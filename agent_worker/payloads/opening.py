"""What a conversation learns from the worker when it opens, and when people join it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import model_validator

from agent_worker.contract.messages import SaidToOthers, Thread
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.model import ModelReply
from agent_worker.payloads.quotas import Claim, Hold, OverQuota
from agent_worker.payloads.release_0_2 import policy_in
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.surroundings import Place, Profile
from agent_worker.payloads.thread import Author, Draft


class Before(Stored):
    """What was said in the thread before the agent joined: one message, and the line in which the model reads it.

    `ts` is the message's, "" for a remark of ours. `quotes` are the `ts` of the messages that it quotes.
    """

    ts: str
    line: str
    quotes: list[str] = []


class OpenConversation(Stored):
    """Asks for the names of `ids` (users and channels) and whether the `authors` may talk to the agent.

    `earlier_than`: read what the thread says before the message with this `ts`; None if there is nothing to read.
    `asked` are the `ts` of the messages that wait: those that are no longer in the thread are told.
    `is_addressed`: a message names the agent, so that people may see at once that it is thinking.
    `agent` is the agent of the conversation; "" if it has none yet. `turn` is the key of the turn that opens it.
    """

    thread: Thread
    ids: list[str]
    earlier_than: str | None = None
    authors: list[Author] = []
    asked: list[str] = []
    is_addressed: bool = True
    claim: Claim | None = None  # a place in the quotas, if the turn has none yet
    agent: str = ""
    turn: str = ""


class LookUpNames(Stored):
    """Asks the same of people and channels that a conversation hears of later.

    `thread` is the conversation's; None only in what release 0.2 has stored. `asks_for_place`: Slack is asked about the
    thread's channel, too.
    """

    ids: list[str]
    authors: list[Author] = []
    thread: Thread | None = None
    asks_for_place: bool = False


class Judgement(Stored):
    """Who may talk to the agent in a thread.

    `judged`: the Slack ids of the authors whom the worker was asked about and could judge; None if release 0.2 has
    judged.
    `refused`: why an author may not, by Slack id: a sentence for that person. `refused_here`: why nobody may in this
    channel; "" if people may.
    """

    judged: list[str] | None = None
    refused: dict[str, str] = {}
    refused_here: str = ""

    def refuses(self, authors: Sequence[Author]) -> bool:
        """Whether none of these authors may talk to the agent; False if there are none."""
        return bool(authors) and (bool(self.refused_here) or all(author.id in self.refused for author in authors))


class Names(Judgement):
    """Display names of users and channels by Slack id, and the judgement on the authors that were asked about.

    `nameless`: ids whose names were not found in time. `profiles`: of the people of whom Slack told more than a name.
    `place` is the channel of the thread that was asked about; None if Slack was not asked, or does not tell.
    """

    names: dict[str, str]
    nameless: list[str] = []
    profiles: dict[str, Profile] = {}
    place: Place | None = None


class Opened(Judgement):
    """What the worker tells a run when it opens: its settings, who is who, and what the thread already holds."""

    policy: AgentPolicy
    bot_user_id: str
    greeting: str
    names: dict[str, str] = {}
    nameless: list[str] = []  # ids whose names were not found in time
    profiles: dict[str, Profile] = {}  # of people, by id
    place: Place | None = None  # the channel of the thread
    # The model is told when messages were written, by whom and where. A run goes by it to its end, so that an older one
    # is replayed in its own words.
    tells_surroundings: bool = False
    workspace_url: str = ""  # the address of the workspace, for links to its messages
    before: list[Before] = []  # what was said in the thread before, oldest first
    answered: list[str] = []  # the `ts` of messages that the thread shows to be answered
    people: list[str] = []  # who has written in the thread before, apps left out
    gone: list[str] = []  # the `ts` of asked messages that were deleted
    to_others: list[SaidToOthers] = []  # with whom people talked at the end of the thread, if not with the agent
    agent: str = ""  # the agent that answers; "" in what a release without agents has stored
    no_agent: str = ""  # an error code: why none answers
    hold: Hold | None = None  # money that is set aside for the turn, if a budget is set
    over_quota: OverQuota | None = None  # why the turn is not answered; the names and the past are not looked up then
    # Release 0.2 wrote the thread's past as one text, and asked the model during the opening: only its histories have
    # these three.
    earlier: str = ""
    reply: ModelReply | None = None
    draft: Draft | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_release_0_2(cls, value: Any) -> Any:
        """Release 0.2 wrote the fields of the policy beside the others."""
        if not isinstance(value, dict) or "policy" in value:
            return value
        return {**value, "policy": policy_in(value)}
