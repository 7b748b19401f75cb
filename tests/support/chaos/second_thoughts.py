"""Members who take back what was answered, and members who go and come back while their conversations are open."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

from temporalio.service import RPCError

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from tests.support.chaos.conversation import LOOK_AGAIN, Banned, Conversation
from tests.support.chaos.forgetful_worker import REMEMBERED_FOR, VERDICT_LASTS
from tests.support.durability.answering import Question
from tests.support.durability.stage import BreakableStage

DELETES, TRIES_AGAIN, GOES_ON_AT_ONCE = 0.5, 0.3, 0.3  # of those who take something back
SETTLES_WITHIN = 40.0  # seconds; after that the person goes on, and the question is looked for later
FORGOTTEN = REMEMBERED_FOR + 1  # seconds after which the worker asks Slack about a person anew


class SecondThoughts:
    """`happened` counts by kind. With a list of people, a member who becomes a guest may still write."""

    def __init__(self, stage: BreakableStage, chance: Random, *, is_listed: bool) -> None:
        self.happened: Counter[str] = Counter()
        self._stage = stage
        self._chance = chance
        self._is_listed = is_listed
        self._settling: set[asyncio.Task[None]] = set()

    async def finish(self) -> None:
        for task in self._settling:
            task.cancel()
        await asyncio.gather(*self._settling, return_exceptions=True)

    async def take_back(self, conversation: Conversation, instead: Question) -> None:
        """An answered question is deleted, or reads like `instead` from now on."""
        is_deleted = self._chance.random() < DELETES
        settling = self._take_back(conversation, None if is_deleted else instead)
        if self._chance.random() < GOES_ON_AT_ONCE:
            return
        await asyncio.wait([settling], timeout=SETTLES_WITHIN)
        if self._chance.random() < TRIES_AGAIN and self._press_try_again(conversation):
            conversation.tries_again += 1
            await self.settled(conversation)

    async def come_and_go(self, conversation: Conversation, forbidden: Question, instead: Question) -> None:
        """The person leaves the channel or the workspace, or becomes a guest; and comes back."""
        ways = [self._leave_channel, self._leave_workspace]
        if self._is_listed or self._chance.random() < 0.5:
            await self._chance.choice(ways)(conversation)
        else:
            await self.be_a_guest(conversation, forbidden, instead)

    async def _leave_channel(self, conversation: Conversation) -> None:
        """Who has left may still delete what they have written."""
        slack = self._stage.slack
        slack.leave(conversation.person, conversation.channel)
        self._count("left the channel and came back")
        await asyncio.wait([self._take_back(conversation, None)], timeout=SETTLES_WITHIN)
        slack.join(conversation.person, conversation.channel)

    async def _leave_workspace(self, conversation: Conversation) -> None:
        """An admin deletes what somebody has written who has left."""
        slack = self._stage.slack
        slack.deactivate(conversation.person)
        self._count("left the workspace and came back")
        await asyncio.wait([self._take_back(conversation, None)], timeout=SETTLES_WITHIN)
        slack.reactivate(conversation.person)

    async def be_a_guest(self, conversation: Conversation, forbidden: Question, instead: Question) -> None:
        """Tries everything as a guest, and is a member again when the agent has heard all of it."""
        slack, person = self._stage.slack, conversation.person
        slack.make_guest(person)
        await asyncio.sleep(FORGOTTEN)
        if not await self.settled(conversation):  # what the worker knows may be old
            slack.make_guest(person, is_guest=False)
            return
        await asyncio.sleep(VERDICT_LASTS + 1)
        self._count("became a guest, wrote, edited, and became a member")
        conversation.uninvited += [Banned(forbidden.name, since=0), Banned(instead.name, since=0)]
        self._press_try_again(conversation)
        slack.say(person, conversation.channel, self._words(forbidden), conversation.ts)
        self._take_back(conversation, instead, is_allowed=False)
        await self._heard(conversation)
        slack.make_guest(person, is_guest=False)
        await asyncio.sleep(FORGOTTEN)
        await self.settled(conversation)
        await asyncio.sleep(VERDICT_LASTS + 1)

    def _take_back(
        self, conversation: Conversation, instead: Question | None, *, is_allowed: bool = True
    ) -> asyncio.Task[None]:
        """The task ends when the workflow has heard of it, and the question is looked for in later requests."""
        name = self._chance.choice(sorted(conversation.messages))
        ts = conversation.messages.pop(name)
        banned = Banned(name)
        conversation.taken_back.append(banned)
        if instead is None:
            self._stage.slack.delete(conversation.channel, ts)
        else:
            self._stage.slack.edit(conversation.channel, ts, self._words(instead))
            conversation.rewritten += [instead] if is_allowed else []
        self._count("deleted a question" if instead is None else "edited a question")
        settling = asyncio.create_task(self._note_settled(conversation, banned))
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        return settling

    async def _note_settled(self, conversation: Conversation, banned: Banned) -> None:
        await self._heard(conversation)
        banned.since = len(self._stage.gemini.requests)

    def _press_try_again(self, conversation: Conversation) -> bool:
        """Presses the last such button of the thread; False if there is none."""
        slack = self._stage.slack
        for post in reversed(slack.bot_posts(conversation.channel, conversation.ts)):
            with suppress(ValueError):
                slack.press_button(conversation.person, conversation.channel, post.ts, TRY_AGAIN_BUTTON)
                self._count("pressed Try again")
                return True
        return False

    def _words(self, question: Question) -> str:
        return f"<@{self._stage.slack.bot_user_id}> {question.words}"

    def _count(self, kind: str) -> None:
        self.happened[kind] += 1

    # When is it heard?

    async def settled(self, conversation: Conversation) -> bool:
        """Waits for a while until all that was done in the conversation is heard. Whether it is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_WITHIN):
                await self._heard(conversation)
                return True
        return False

    async def _heard(self, conversation: Conversation) -> None:
        """Returns when Temporal has all events of the channel, and the workflow has nothing more to do about them."""
        # Temporal tells nobody when a workflow is idle.
        while self._stage.unacknowledged({conversation.channel}) or not await self._is_idle(conversation):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_AGAIN)

    async def _is_idle(self, conversation: Conversation) -> bool:
        """Whether no activity and no workflow task is under way; not while Temporal is away."""
        handle = await self._stage.workflow(conversation.ts, conversation.channel)
        try:
            described = (await handle.describe()).raw_description
        except RPCError:
            return False
        return not (described.pending_activities or described.HasField("pending_workflow_task"))
