"""What a conversation posts into its thread: answers, notices, and lines that only one person sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from typing import Any

    from agent_worker.contract.messages import Thread
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads import post_keys
    from agent_worker.payloads.post_keys import Topic
    from agent_worker.payloads.thread import Deliver, TellPerson
    from agent_worker.workflow.activity_calls import tell_person
    from agent_worker.workflow.deliveries import bring, bring_aside


class Outbox:
    """In a terminal nothing is posted: it gets the answer as the result of the workflow."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._thread = conversation.thread
        self._errands: set[asyncio.Task[None]] = set()

    async def end(
        self, turn: Turn, text: str, *, is_notice: bool = False, withdrawn: bool = False, asks_people: bool = False
    ) -> str:
        """Delivers the answer or the notice that ends the turn. From here on it is too late to stop the turn.

        `asks_people`: a question to people follows on it.
        """
        conversation = self._conversation
        turn.is_delivering = True
        turn.display.end("error" if is_notice else "worked", workflow.time())
        conversation.last = turn.answered
        conversation.surroundings.note_told(workflow.time())
        if self._thread.in_slack:
            request = Deliver(
                **turn.in_thread(self._thread),
                key=post_keys.notice(turn.key) if is_notice else post_keys.answer(turn.key),
                text=text,
                answers=turn.answers,
                may_mention=turn.may_mention,
                names=turn.names,
                is_notice=is_notice,
                preface=conversation.preface(turn.unseen),
                offers_again=conversation.transcript.has_question and not asks_people,
                withdrawn=withdrawn,
                asks_people=asks_people,
                title=turn.title,
                **_costs(turn, self._thread),
            )
            await bring(conversation, turn, request)
        return text

    async def say(self, ts: str, topic: Topic, text: str, *, thread_ts: str = "") -> None:
        """Posts a notice about the message `ts`, beside its answer; at most one for each topic.

        `thread_ts`: into this thread of the channel, in place of the conversation's own.
        """
        if self._thread.in_slack:
            key = post_keys.aside(ts, topic)
            thread = self._thread.model_copy(update={"thread_ts": thread_ts}) if thread_ts else self._thread
            await bring_aside(Deliver(thread=thread, key=key, text=text, answers=[ts], may_mention=[], is_notice=True))

    def say_aside(self, ts: str, topic: Topic, text: str, *, thread_ts: str = "") -> None:
        """Does the same without waiting for it: a turn may be running."""
        self._do(self.say(ts, topic, text, thread_ts=thread_ts))

    def tell(
        self,
        user: str,
        text: str,
        *,
        in_channel: bool = False,
        may_mention: Sequence[str] = (),
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Beside a turn, and so that only one person sees it; calls `failed` if that cannot be done."""
        request = TellPerson(
            thread=self._thread, user=user, text=text, in_channel=in_channel, may_mention=list(may_mention)
        )
        self._do(tell_person(request), failed)

    def _do(self, errand: Coroutine[Any, Any, None], failed: Callable[[], None] | None = None) -> None:
        task = asyncio.create_task(_forgiving(errand, failed))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    @property
    def is_busy(self) -> bool:
        """Whether anything that was begun without waiting is under way."""
        return bool(self._errands)

    async def done(self) -> None:
        """Returns when everything that was begun without waiting has ended."""
        while self._errands:
            await asyncio.gather(*self._errands)


def _costs(turn: Turn, thread: Thread) -> dict[str, Any]:
    """The fields of Deliver that tell what the turn has cost, if it has cost anything."""
    settled = turn.settled(thread, workflow.time())
    told: dict[str, Any] = {"spent": turn.spent} if turn.spent else {}
    return told | ({"settled": settled} if settled else {})


async def _forgiving(errand: Coroutine[Any, Any, None], failed: Callable[[], None] | None) -> None:
    try:
        await errand
    except ActivityError:
        workflow.logger.info("a notice beside the turn could not be posted")
        if failed is not None:
            failed()
