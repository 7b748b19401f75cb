"""Links to Slack messages that stand in questions: which are read, for whom, and what they hold."""

from __future__ import annotations

from agent_worker.contract.messages import Thread
from agent_worker.payloads.quotas import Claim, Hold, OverQuota
from agent_worker.payloads.stored import Stored
from agent_worker.payloads.thread import Author, Source


class MessageLink(Stored):
    """A link to a message of a channel. `thread_ts` is the root of its thread, "" if the link names none."""

    url: str
    channel: str
    ts: str
    thread_ts: str = ""


class ReadLinks(Stored):
    """Asks for what the links lead to, as far as all of the `askers` and everybody who reads the `thread` may see it.

    `askers` are the people whose messages hold the links; an app is nobody whose eyes could be borrowed: then the list
    is empty, and only the thread's own channel is read. `claim`: a place in the quotas, if the turn has none yet, and
    `agent` is who will answer it.
    """

    thread: Thread
    askers: list[Author]
    links: list[MessageLink]
    claim: Claim | None = None
    agent: str = ""


class LinkContents(Stored):
    """What one link leads to: `line` is the object that the model reads, also if it says why nothing was read.

    `title` is the step that people see, `outcome` what came of it, and `sources` are the pages on its card; `failed`:
    nothing was read.
    """

    url: str
    line: str
    title: str
    sources: list[Source] = []
    failed: bool = False
    outcome: str = ""


class LinksRead(Stored):
    """One item for each link that was asked for, in their order. `over_quota`: nothing was read, and why.

    `hold` is money that is set aside for the turn, if a budget is set.
    """

    contents: list[LinkContents]
    over_quota: OverQuota | None = None
    hold: Hold | None = None
