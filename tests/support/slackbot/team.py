"""A Slack team of the test's own on the shared Temporal server, and what Temporal lists of its conversations."""

from __future__ import annotations

from uuid import uuid4

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.contract.names import workflow_id
from slackbot.conversations.conversations import Conversations
from slackbot.conversations.recent import RecentConversations
from slackbot.events.messages import IncomingMessage
from tests.support.agent_worker.rehearsal import Held, Rehearsal, text
from tests.support.slackbot.conversations import WholeLine, eventually

LIST_TIMEOUT = 30.0  # seconds, for a machine that is busy


async def takes_part_nowhere(_: Thread) -> bool:
    return False


class Team:
    """What its people do, and waiting until Temporal lists it."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.id = f"T{uuid4().hex[:8].upper()}"
        self.line = WholeLine(rehearsal.client)
        self.recent = RecentConversations(rehearsal.client, rehearsal.task_queue, self.id, timeout=LIST_TIMEOUT)
        self.conversations = Conversations(rehearsal.client, rehearsal.task_queue, takes_part_nowhere, self.recent)
        self.moments = 1_000

    def thread(self, thread_ts: str, channel: str = "C1") -> Thread:
        return Thread(team=self.id, channel=channel, thread_ts=thread_ts)

    async def say(self, user: str, thread_ts: str, channel: str = "C1") -> None:
        self.moments += 1
        message = UserMessage(ts=f"{self.moments}.0", user=user, text="hello", direct=channel.startswith("D"))
        await self.conversations.hand_over(
            IncomingMessage(self.thread(thread_ts, channel), message, only_if_taking_part=False)
        )

    async def ask(self, user: str, thread_ts: str, channel: str = "C1", title: str = "") -> None:
        """The person writes and is answered. With `title` the conversation gets that title."""
        self.rehearsal.cast.answers.append(text("yes").model_copy(update={"title": title}))
        before = len(self.rehearsal.cast.delivered)
        await self.say(user, thread_ts, channel)
        await self.rehearsal.until(lambda: len(self.rehearsal.cast.delivered) > before)

    async def set_to_work(self, user: str, thread_ts: str, channel: str = "C1") -> Held:
        """The person writes, and the agent works until the result is released."""
        held = Held(text("done"))
        self.rehearsal.cast.answers.append(held)
        await self.say(user, thread_ts, channel)
        await held.reached()
        return held

    async def close(self, thread_ts: str, channel: str = "C1") -> None:
        await self.rehearsal.client.get_workflow_handle(workflow_id(self.id, channel, thread_ts)).terminate()

    async def states(self, user: str, direct: str = "") -> dict[str, str]:
        return {one.thread.thread_ts: one.state for one in await self.recent.of(user, direct)}

    async def is_listed(self, user: str, expected: dict[str, str], direct: str = "") -> None:
        """Returns once exactly these conversations are listed, in these states and in this order."""

        async def found() -> bool:
            return list((await self.states(user, direct)).items()) == list(expected.items())

        await eventually(found)

    async def has_titles(self, user: str, *expected: str) -> None:
        """Returns once the person's conversations are listed with exactly these titles, in this order."""

        async def found() -> bool:
            return [one.title for one in await self.recent.of(user)] == list(expected)

        await eventually(found)

    async def are_at_work(self, user: str, channel: str, *expected: Thread) -> None:
        """Returns once exactly these threads of the channel are those in which the agent works for the person."""

        async def found() -> bool:
            return await self.recent.at_work(user, channel) == list(expected)

        await eventually(found)
