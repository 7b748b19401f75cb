"""What a conversation says in its thread: answers, notices, and words to one person."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.contract.messages import UserMessage
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn import Turn
    from agent_worker.payloads import post_keys
    from agent_worker.payloads.post_keys import Topic
    from agent_worker.payloads.thread import Deliver, TellPerson
    from agent_worker.workflow.activity_calls import tell_person
    from agent_worker.workflow.deliveries import bring, bring_aside


class Speaking:
    """A terminal is told nothing: it gets the answer as the result of its workflow."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._thread = conversation.thread
        self._errands: set[asyncio.Task[None]] = set()

    async def end(self, turn: Turn, text: str, *, is_notice: bool = False, withdrawn: bool = False) -> str:
        """Delivers what ends the turn; from here on it is too late to stop it."""
        conversation = self._conversation
        turn.is_delivering = True
        conversation.last = turn.answered
        if self._thread.in_slack:
            request = Deliver(
                **turn.in_thread(self._thread),
                key=post_keys.notice(turn.key) if is_notice else post_keys.answer(turn.key),
                text=text,
                answers=turn.answers,
                may_mention=turn.may_mention,
                is_notice=is_notice,
                preface=conversation.preface(turn.unseen),
                offers_again=conversation.transcript.has_question,
                withdrawn=withdrawn,
                title=turn.title,
            )
            await bring(conversation, turn, request)
        return text

    async def say(self, ts: str, topic: Topic, text: str) -> None:
        """A word about the message `ts` that is no answer to it; of each topic there is at most one."""
        if self._thread.in_slack:
            key = post_keys.aside(ts, topic)
            await bring_aside(
                Deliver(thread=self._thread, key=key, text=text, answers=[ts], may_mention=[], is_notice=True)
            )

    async def refuse(self, ts: str, messages: Sequence[UserMessage]) -> None:
        """Tells those who may not talk to the agent why, once each."""
        if reason := self._conversation.participants.refusal(messages):
            await self.say(ts, "refused", reason)

    def say_aside(self, ts: str, topic: Topic, text: str) -> None:
        """The same, beside a turn."""
        self._do(self.say(ts, topic, text))

    def tell(self, user: str, text: str) -> None:
        """Beside a turn, and so that only one person sees it."""
        self._do(tell_person(TellPerson(thread=self._thread, user=user, text=text)))

    def _do(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_forgiving(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def done(self) -> None:
        """Returns when all that was said aside is said."""
        while self._errands:
            await asyncio.gather(*self._errands)


async def _forgiving(errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except ActivityError:
        workflow.logger.info("something was not said aside")
