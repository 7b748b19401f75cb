"""Reads the links to Slack messages that stand in questions, before the model is asked.

A question without such a link costs nothing for it. A link is never the reason for no answer: where it cannot be read,
the model is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import UserMessage
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.display import NOT_NEEDED
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.conversation.wording import linked
    from agent_worker.conversation.wording.permalinks import links_in
    from agent_worker.payloads.errors import TurnedDown
    from agent_worker.payloads.links import LinkContents, MessageLink, ReadLinks
    from agent_worker.payloads.storage_limits import size_of
    from agent_worker.payloads.thread import Author
    from agent_worker.workflow.activity_calls import read_links
    from agent_worker.workflow.turn.interruption import InterruptedWork, unless
    from agent_worker.workflow.turn.progress_updates import ProgressUpdates

Lines = Mapping[str, Sequence[str]]  # what the links of messages hold, by the `ts` of the message


class LinkReading:
    def __init__(self, conversation: Conversation, turn: Turn, progress_updates: ProgressUpdates) -> None:
        self._conversation = conversation
        self._turn = turn
        self._progress_updates = progress_updates
        # The links that were tried, by the `ts` of their message and the moment of its last edit: each once, unless an
        # edit has taken it out and another one brings it back.
        self._tried: dict[tuple[str, str], set[str]] = {}
        self._room = linked.TURN_BYTES
        self._is_away = False  # a link could not be read: the answer waits for no other one

    async def of_new(self, messages: Sequence[UserMessage]) -> Lines:
        """What the links of these messages hold, which the model is going to be told of.

        Raises TurnedDown if the turn has no place in the quotas: nothing is read for it.
        """
        return {message.ts: lines for message in messages if (lines := await self._of(message))}

    def missed(self, messages: Sequence[UserMessage]) -> Lines:
        """The same if they are not read now: whoever tries the answer again has them read then."""
        links = {message.ts: self._conversation.unread_links(message) for message in messages}
        return {ts: [one.line for one in linked.not_read(of, linked.NOT_NOW)] for ts, of in links.items() if of}

    async def of_heard(self) -> None:
        """Puts in what links hold that an edit has brought into a message that the model was told of.

        If the turn is tried again, also those that could not be read before, with the eyes of who tries again.
        """
        for ts in [message.ts for message in self._turn.messages[: self._turn.heard]]:
            message = self._turn.heard_message(ts)
            lines = await self._of(message) if message else []
            if lines and (now := self._turn.heard_message(ts)):
                self._conversation.add_links(now, lines, epoch=str(workflow.uuid4()))
        if (again := self._turn.again) is not None:
            await self._of_question_before([Author(id=again.user, team=again.team)])

    async def _of_question_before(self, askers: Sequence[Author]) -> None:
        for ts, links in self._conversation.missed_links().items():
            is_gone = partial(self._is_gone, ts)
            if lines := await self._lines(ts, links, askers, is_gone):
                self._conversation.replace_missed_links(ts, lines, epoch=str(workflow.uuid4()))

    def _is_gone(self, ts: str) -> bool:
        """Whether the message of the question before has none of these links any more."""
        return ts not in self._conversation.missed_links()

    async def _of(self, message: UserMessage) -> list[str]:
        links = self._conversation.unread_links(message)
        is_gone = partial(self._has_none_of, message, {link.url for link in links})
        return await self._lines(message.ts, links, linked.askers(message), is_gone)

    def _has_none_of(self, message: UserMessage, urls: set[str]) -> bool:
        """Whether it was deleted, or an edit has taken out all of these links."""
        now = self._turn.message(message.ts)
        return now is None or (now.text != message.text and urls.isdisjoint(link.url for link in links_in(now.text)))

    async def _lines(
        self, ts: str, links: Sequence[MessageLink], askers: Sequence[Author], is_gone: Callable[[], bool]
    ) -> list[str]:
        """What those links of the message `ts` lead to that were not tried yet; nothing once they are gone from it."""
        version = (ts, self._conversation.inbox.changed_at.get(ts, ""))
        tried = self._tried.get(version, set())
        links = [link for link in links if link.url not in tried]
        if not links:
            return []
        self._tried[version] = tried | {link.url for link in links}
        if len(self._tried) > linked.MOST_MESSAGES:
            contents = linked.not_read(links, linked.TOO_MANY)
        elif self._is_away:
            contents = linked.not_read(links, linked.NOT_NOW)
        else:
            try:
                contents = await self._read(links, askers, is_gone)
            except InterruptedWork:
                self._tried[version] = tried
                return []
        lines = linked.lines_within(contents, self._room)
        self._room -= sum(map(size_of, lines))
        return lines

    async def _read(
        self, links: Sequence[MessageLink], askers: Sequence[Author], is_gone: Callable[[], bool]
    ) -> list[LinkContents]:
        """People see a step for each link. When this raises, no update of the progress is under way."""
        thread = self._conversation.thread
        claim = self._turn.claim(thread)
        request = ReadLinks(
            thread=thread, askers=list(askers), links=list(links), claim=claim, agent=self._conversation.agent
        )
        display = self._turn.display
        # A turn that has no place in the quotas yet may end in silence: then people see no step before that is certain.
        is_shown = claim is None or claim.goes_on or self._turn.has_place
        first = display.add_reading(len(links), workflow.time()) if is_shown else 0
        if is_shown:
            self._progress_updates.refresh()
        try:
            contents = await unless(is_gone, self._ask_worker(request))
        except (InterruptedWork, TurnedDown, ActivityError, asyncio.CancelledError) as error:
            if isinstance(error, InterruptedWork):
                display.end_running_steps(workflow.time(), NOT_NEEDED)
            await self._progress_updates.done()
            raise
        first = first if is_shown else display.add_reading(len(links), workflow.time())
        self._end_steps(first, contents[: len(links)])
        if not display.has_message_for_steps:
            await self._progress_updates.done()  # it finds out where the answer goes
        return contents

    def _end_steps(self, first: int, contents: Sequence[LinkContents]) -> None:
        display = self._turn.display
        for index, one in enumerate(contents, first):
            display.end_step(
                index,
                workflow.time(),
                failed=one.failed,
                sources=one.sources,
                title=one.title,
                outcome=linked.NOT_READ if one.failed else one.outcome,
            )

    async def _ask_worker(self, request: ReadLinks) -> list[LinkContents]:
        try:
            read = await read_links(request)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("links could not be read")
            self._is_away = True
            return linked.not_read(request.links, linked.NOT_NOW)
        if read.over_quota is not None:
            raise TurnedDown(read.over_quota)
        self._turn.has_place = True
        self._turn.note_cost([], read.hold)
        return read.contents
