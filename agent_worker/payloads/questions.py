"""What has to be asked before a tool call runs, and the card that asks it. Stored in Temporal's history."""

from __future__ import annotations

from typing import Any, Literal

from agent_worker.contract.grants import Grant
from agent_worker.contract.messages import Thread
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.thread import InThread, Source

Outcome = Literal["waiting", "approved", "rejected", "expired", "cancelled"]
QuestionKind = Literal["approve", "choose", "form"]
ASKER = "asker"  # in place of a Slack id
USER_GROUP = "S"  # the ids of user groups begin so
DAY = 24 * 60 * 60  # seconds


class Approvers(Stored):
    """Who may decide. `people` are ids of people and of user groups, and ASKER for whoever has asked.

    `needed`: so many different people have to approve; one of them alone can reject.
    """

    people: list[str] = [ASKER]
    needed: int = 1
    not_the_asker: bool = False
    expires_seconds: float = 7 * DAY

    @property
    def groups(self) -> list[str]:
        """Those of `people` that are user groups."""
        return [one for one in self.people if one.startswith(USER_GROUP)]


class Approval(Stored):
    """The question about one call.

    `does`: what the call does to the world, as a person reads it, one line. `verb`: the same in two or three words, for
    a button. `schema`: the JSON Schema of the arguments. `digest`: of the schema and what the tool says of itself.
    """

    does: str
    verb: str
    parameters: dict[str, Any] | None = None
    digest: str = ""
    approvers: Approvers = Approvers()


class Choice(Stored):
    """A question of the model itself, which a person answers with one of the options or in own words."""

    asks: str
    options: list[str] = []


class CardForm(Stored):
    """What a server asks about a call. `has_form` and `has_link`: a form, and a page, of it are not answered yet.

    `hosts` are those of the pages; the addresses themselves are for the people alone who may answer.
    """

    server: str
    messages: list[str]
    hosts: list[str] = []
    has_form: bool = False
    has_link: bool = False
    people: list[str] = []


class CardItem(Stored):
    """One call on a card. `arguments` are names and values as people read them. `approved_by` are ids."""

    does: str
    verb: str
    arguments: list[tuple[str, str]] = []
    outcome: Outcome = "waiting"
    approved_by: list[str] = []
    by: str = ""
    at: float = 0
    reason: str = ""
    is_edited: bool = False
    may_be_edited: bool = False
    may_be_granted: bool = False
    granted: str = ""  # where it is not asked about any more, in words
    form: CardForm | None = None
    ending: Literal["", "running", "done", "failed"] = ""
    returned: str = ""  # what the tool has said, on one line
    sources: list[Source] = []


class QuestionCard(Stored):
    """A question as its card shows it. `people` may decide; `options` are those of a choice."""

    question: str
    version: int
    kind: QuestionKind = "approve"
    items: list[CardItem] = []
    people: list[str] = []
    needed: int = 1
    expires_at: float = 0
    options: list[str] = []


class FindMembers(Stored):
    """Who is in these user groups (ids)."""

    groups: list[str]


class FoundMembers(Stored):
    """The people of each user group; none of one that cannot be read."""

    members: dict[str, list[str]]


class AskedCall(Stored):
    """A call that people would be asked about."""

    tool: str
    arguments: dict[str, Any]
    digest: str


class FindGrants(Stored):
    """Which of these calls people have allowed once and for all."""

    thread: Thread
    agent: str
    calls: list[AskedCall]


class FoundGrants(Stored):
    """For each of the calls, the id of the grant that allows it; "" if somebody has to be asked."""

    ids: list[str]


class KeepGrant(Stored):
    """Keeps a grant in the workspace of `thread`."""

    thread: Thread
    grant: Grant


class ShowQuestion(InThread):
    """Shows a question's card. `key` is the post key of its message, and `ts` that message's, if it is known."""

    key: str
    card: QuestionCard
    ts: str = ""
    is_waiting: bool = True  # a person has to do something: the session stands as suspended
