"""Whose eyes decide: what everybody who asks may see, and of that what everybody who reads the thread may see.

The agent can see more than either. Slack is asked at each call of a tool, so that somebody who has left a channel a
minute ago reads it no more.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.reading import sentences
from agent_worker.slack.reading.facts import Channel, Facts
from agent_worker.slack.reading.membership import is_full_member, is_person
from agent_worker.toolbox.tool import ToolError

ASKED_ONE_BY_ONE = 20  # people; of more, the list of everybody tells, which may be some minutes old


class Eyes:
    """For those who ask in a thread; an empty list of them is an app, which sees the thread's own channel alone.

    Raises ApplicationError (SLACK_UNAVAILABLE, may be retried) while Slack cannot be asked: never a guess.
    """

    def __init__(self, facts: Facts, thread: Thread, askers: Sequence[Author], team: str) -> None:
        self._facts = facts
        self._thread = thread
        self._askers = list({asker.id: asker for asker in askers}.values())
        self._team = team

    async def channel(self, slack_id: str) -> Channel:
        """The channel, if it may be read into the thread. Raises ToolError that says why not."""
        if slack_id.startswith("D") and slack_id != self._thread.channel:
            raise ToolError(sentences.NOT_THERE)  # of others, or of the agent with another person
        channel = await self._facts.channel(slack_id)
        if channel is None or not await self._asker_sees(channel):
            is_here = slack_id == self._thread.channel
            raise ToolError(sentences.HERE_UNKNOWN if is_here else sentences.NOT_THERE)
        if refusal := await self._kept_from_readers(channel):
            raise ToolError(refusal)
        return channel

    async def ask_alone(self) -> bool:
        """Whether the thread is in the direct messages of the agent with the one person who asks."""
        here = await self._facts.channel(self._thread.channel)
        if here is None or here.kind != "direct message":
            return False
        return [asker.id for asker in self._askers] == [here.user]

    async def askers_are_full_members(self) -> bool:
        """False if nobody asks."""
        full = [await self._is_full_member(asker) for asker in self._askers]
        return bool(full) and all(full)

    async def only_members_read(self) -> bool:
        """Whether nobody but full members of the workspace, all who ask included, reads the thread."""
        if not await self.askers_are_full_members():
            return False
        if await self.ask_alone():
            return True
        here = await self._facts.channel(self._thread.channel)
        return here is not None and not here.is_shared and await self._outsiders() == frozenset()

    async def _asker_sees(self, channel: Channel) -> bool:
        """Whether each of those who ask may see the channel."""
        if not self._askers or channel.kind == "direct message":
            is_theirs = all(asker.id == channel.user for asker in self._askers)
            return channel.id == self._thread.channel and is_theirs
        for asker in self._askers:
            if channel.is_public and await self._is_full_member(asker):
                continue
            members, is_whole = await self._facts.members(channel.id)
            if asker.id not in members:
                if channel.is_public and members and not is_whole:
                    raise ToolError(sentences.TOO_MANY_MEMBERS)
                return False
        return True

    async def _kept_from_readers(self, channel: Channel) -> str:
        """Why not everybody who reads the thread may see the channel; "" if they may."""
        if channel.id == self._thread.channel or await self.ask_alone():
            return ""
        if not channel.is_public:
            return sentences.PRIVATE
        here = await self._facts.channel(self._thread.channel)
        if here is not None and here.is_shared:
            return sentences.OUTSIDERS  # Slack need not name everybody who reads it, or will soon
        outsiders = None if here is None or here.kind == "direct message" else await self._outsiders()
        if outsiders is None:
            return sentences.READERS_UNKNOWN
        if outsiders and not outsiders <= (await self._facts.members(channel.id))[0]:
            return sentences.OUTSIDERS
        return ""

    async def _is_full_member(self, asker: Author) -> bool:
        return is_full_member(await self._facts.person(asker.id), self._team, asker.team)

    async def _outsiders(self) -> frozenset[str] | None:
        """The members of the thread's channel who are no full members of the workspace; None if nobody can tell."""
        members, is_whole = await self._facts.members(self._thread.channel)
        if not is_whole:
            return None
        users = {} if len(members) <= ASKED_ONE_BY_ONE else (await self._facts.everybody()).by_id
        unknown = members - users.keys()
        if len(unknown) <= ASKED_ONE_BY_ONE:
            users = {**users, **{slack_id: await self._facts.person(slack_id) for slack_id in sorted(unknown)}}
        told = {slack_id: users.get(slack_id, {}) for slack_id in members}
        return frozenset(
            slack_id for slack_id, user in told.items() if is_person(user) and not is_full_member(user, self._team)
        )
