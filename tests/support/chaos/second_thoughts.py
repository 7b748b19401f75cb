"""Members who take back what was answered, and members who go and come back while their conversations are open."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

from temporalio.service import RPCError

from agent_worker.contract.names import TRY_AGAIN_BUTTON
from tests.support.chaos.conversation import LOOK_AGAIN, Banned, Conversation, true
from tests.support.chaos.forgetful_worker import REMEMBERED_FOR, VERDICT_LASTS
from tests.support.durability.answering import Question
from tests.support.durability.stage import BreakableStage

DELETES, TRIES_AGAIN, GOES_ON_AT_ONCE = 0.5, 0.3, 0.3  # of those who take something back
SETTLES_WITHIN = 40.0  # seconds; after that the person goes on, and the question is looked for later
RESTARTED_WITHIN = 60.0  # seconds; in the end, nobody kills the worker any more
LIST = "SLACK_ALLOWED_USERS"
FORGOTTEN = REMEMBERED_FOR + 1  # seconds after which the worker asks Slack about a person anew


class SecondThoughts:
    """`happened` counts by kind. `is_listed`: a list says who may write; otherwise all members may, and no guests."""

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

    async def come_and_go(self, conversation: Conversation, forbidden: Question, instead: Question) -> bool:
        """The person leaves the channel or the workspace, or may not write for a while. Whether the person is back."""
        way = self._chance.choice(("leave channel", "leave workspace", "lose access", "lose access"))
        if way == "lose access":
            lose_access = self.be_taken_off if self._is_listed else self.be_a_guest
            return await lose_access(conversation, forbidden, instead)
        await (self._leave_channel if way == "leave channel" else self._leave_workspace)(conversation)
        return True

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

    async def be_a_guest(self, conversation: Conversation, forbidden: Question, instead: Question) -> bool:
        """Tries everything as a guest, and is a member again when the agent has heard all of it."""
        slack, person = self._stage.slack, conversation.person
        slack.make_guest(person)
        await asyncio.sleep(FORGOTTEN)
        if await self._try_everything(conversation, forbidden, instead):
            self._count("became a guest, tried everything, and became a member")
        slack.make_guest(person, is_guest=False)
        await asyncio.sleep(FORGOTTEN)
        await self.settled(conversation)
        await asyncio.sleep(VERDICT_LASTS + 1)
        return True

    async def be_taken_off(self, conversation: Conversation, forbidden: Question, instead: Question) -> bool:
        """Tries everything when a worker has started with a list that leaves the person out. There is no way back."""
        worker, settings = self._stage.worker, self._stage.settings
        if not worker.is_running:  # it may be starting with the old list
            return True
        left = [person for person in settings[LIST].split(", ") if person != conversation.person]
        settings[LIST] = ", ".join(left)
        worker.change_environment(**{LIST: settings[LIST]})
        old = worker.pid
        try:
            async with asyncio.timeout(RESTARTED_WITHIN):
                await true(lambda: worker.pid != old)
        except TimeoutError:
            return False
        if await self._try_everything(conversation, forbidden, instead):
            self._count("was taken off the list, and tried everything")
        return False

    async def _try_everything(self, conversation: Conversation, forbidden: Question, instead: Question) -> bool:
        """False if the conversation does not come to rest: then nobody can tell what the worker knows by now."""
        if not await self.settled(conversation):
            return False
        await asyncio.sleep(VERDICT_LASTS + 1)
        conversation.uninvited += [Banned(forbidden.name, since=0), Banned(instead.name, since=0)]
        self._press_try_again(conversation)
        self._stage.slack.say(conversation.person, conversation.channel, self._words(forbidden), conversation.ts)
        self._take_back(conversation, instead, is_allowed=False)
        await self._heard(conversation)
        return True

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
                self._count("pressed Try Again")
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
