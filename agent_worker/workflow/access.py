"""Access: the one door for everything that a person can do in a conversation.

Messages are judged when a turn takes them up. What a person presses, stops or changes meanwhile is a deed: it is done
at once for a person with a fresh verdict, and otherwise waits until the worker has judged that person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from agent_worker.contract.messages import UserMessage
    from agent_worker.conversation.conversation import Conversation
    from agent_worker.conversation.turn.turn import Turn
    from agent_worker.payloads.opening import Judgement
    from agent_worker.payloads.thread import Author
    from agent_worker.workflow.activity_calls import look_up_names
    from agent_worker.workflow.outbox import Outbox
    from agent_worker.workflow.release_0_2 import NAMES_ARE_OPTIONAL, VERDICTS_EXPIRE, Patch

ASK_AGAIN = "I could not find out whether you may do that here. Please try it once more."
MOST_WAITING = 500  # deeds; those of people who are judged already never wait


@dataclass(frozen=True)
class Deed:
    """What a person wants done. `at` is its moment, a Slack `ts`; `is_told`: the person hears of a refusal.

    `otherwise` is done in its place if the person may not, or if nobody can tell.
    """

    author: Author
    do: Callable[[], None]
    at: str
    is_told: bool
    otherwise: Callable[[], None] | None = None

    def refuse(self) -> None:
        if self.otherwise is not None:
            self.otherwise()


class Access:
    """Who is refused is told so once, and only to them. In a terminal there is one person, who may do everything."""

    def __init__(self, conversation: Conversation, outbox: Outbox) -> None:
        self._conversation = conversation
        self._participants = conversation.participants
        self._outbox = outbox
        self._patch = Patch(VERDICTS_EXPIRE)
        self._waiting: list[Deed] = []  # in the order in which they came
        self._judging: asyncio.Task[None] | None = None

    # Messages

    def turns_away(self, message: UserMessage) -> bool:
        """Whether the message need not wait for a turn, because its author was refused within the last minutes."""
        if not self._in_slack or message.from_app:
            return False
        verdict = self._participants.verdict(message.user, workflow.time())
        if verdict is None or not verdict.refusal or not self._patch.applies():
            return False
        if self._conversation.inbox.is_new(message.ts) and message.addressed:
            self._tell(message.user, verdict.refusal, message.ts, in_channel=self._is_out_of_thread(message))
        return True

    def judge_silencers(self) -> None:
        """Has people judged whose replies keep a reply of somebody else from being for the agent.

        If they may not talk to the agent, they do not count, and the reply is answered (`learn`).
        """
        if not self._in_slack:
            return
        silencers = self._participants.silencers(self._conversation.inbox.asides, workflow.time())
        waiting = {deed.author for deed in self._waiting}
        if any(author not in waiting for author in silencers) and self._patch.applies():
            for author in silencers:
                self._wait(Deed(author, lambda: None, at="", is_told=False))

    async def admit(self, turn: Turn) -> list[UserMessage]:
        """Those of the turn's unheard messages that count, after asking the worker about authors and names."""
        if not self._in_slack:
            return turn.unheard
        must_ask = self._must_ask(turn.unheard)
        unknown = self._unknown_ids(turn, turn.unheard)
        if must_ask:
            await self._ask_about(turn.unheard, turn)
        elif unknown:
            await self._ask_for_names(unknown, turn)
            if self._must_ask(turn.unheard):  # a verdict has expired meanwhile
                await self._ask_about(turn.unheard, turn)
        now = workflow.time()  # telling somebody of a refusal takes time, too
        self._ask_again(turn.unheard, now)
        await self._refuse(turn)
        return self._participants.admitted(turn.unheard, now)

    async def judge(self, turn: Turn) -> bool:
        """Whether any message of a new turn is to be answered; takes out those of people who may not be answered.

        What only waits to be read with the next question goes back.
        """
        if not self._in_slack:
            return bool(turn.messages)
        if self._must_ask(turn.messages):
            await self._ask_about(turn.messages, turn)
        now = workflow.time()
        self._ask_again(turn.messages, now)
        await self._refuse(turn)
        asked = len(turn.messages)
        admitted = self._participants.admitted(turn.messages, now)
        turn.messages = list(map(self._participants.judged, admitted))
        is_asked = self._participants.is_asked(turn.messages)
        if is_asked or len(turn.messages) == asked or not self._patch.applies():
            return bool(turn.messages)
        self._conversation.inbox.put_back(turn.messages)
        self._conversation.transcript.turn_start = turn.began_after
        return False

    def _must_ask(self, messages: Sequence[UserMessage]) -> bool:
        """Whether the worker is to be asked about the authors, which release 0.2 did only for unknown names."""
        now = workflow.time()
        if not self._participants.must_ask(messages, now):
            return False
        if self._patch.applies():
            return True
        self._participants.learn(self._unjudged(messages), Judgement(), now)
        return False

    async def _refuse(self, turn: Turn) -> None:
        """Tells those whose messages do not count why, once each."""
        refusals = self._participants.refusals(turn.unheard, workflow.time())
        if not refusals:
            return
        if self._conversation.thread.is_direct or not self._patch.applies():
            self._participants.note_told(refusals)
            await self._outbox.say(turn.key, "refused", "\n".join(dict.fromkeys(refusals.values())))
            return
        for message in turn.unheard:
            if message.addressed and message.user in refusals:
                in_channel = self._is_out_of_thread(message)
                self._tell(message.user, refusals[message.user], message.ts, in_channel=in_channel)

    def _ask_again(self, messages: Sequence[UserMessage], now: float) -> None:
        """Tells those of whom Slack tells nothing that their messages do not count: nobody else waits for them."""
        asked = {message.user: message for message in messages if message.addressed}
        for author in self._participants.unjudged(asked.values(), now):
            if self._conversation.thread.is_direct:
                self._outbox.say_aside(asked[author.id].ts, "refused", ASK_AGAIN)
            else:
                in_channel = self._is_out_of_thread(asked[author.id])
                self._outbox.tell(author.id, ASK_AGAIN, in_channel=in_channel)

    def _is_out_of_thread(self, message: UserMessage) -> bool:
        """Whether the thread may have no reply yet: Slack shows a line to one person only in a thread that has one."""
        return message.unseen or message.ts == self._conversation.thread.thread_ts

    # Deeds

    def refusal(self, user: str, now: float) -> str:
        """Why the person may not talk to the agent, as far as that is known; "" if nothing is known against it."""
        verdict = self._participants.verdict(user, now) if self._in_slack else None
        return verdict.refusal if verdict is not None else ""

    def admits(self, user: str, now: float) -> bool:
        """Whether it is known that the person may talk to the agent: then nobody has to be asked first."""
        verdict = self._participants.verdict(user, now)
        return not self._in_slack or (verdict is not None and not verdict.refusal)

    def let(
        self,
        author: Author,
        do: Callable[[], None],
        *,
        at: str,
        is_told: bool = True,
        otherwise: Callable[[], None] | None = None,
    ) -> None:
        """Does what the person wants if the person may: at once, or when the worker has judged the person."""
        verdict = self._participants.verdict(author.id, workflow.time())
        is_admitted = verdict is not None and not verdict.refusal
        deed = Deed(author, do, at, is_told, otherwise)
        if not self._in_slack or is_admitted or not self._patch.applies():
            do()
        elif author.id:
            self._settle_or_wait(deed)
        else:  # the bot of release 0.2 does not always say who
            deed.refuse()

    def learn(self, asked: Sequence[Author], judgement: Judgement) -> None:
        """Takes over what the worker says of these people, and does or refuses what has waited for it."""
        self._participants.learn(asked, judgement, workflow.time())
        if judgement.judged and judgement.refused:
            inbox = self._conversation.inbox  # a reply may be for the agent after all, if another person does not count
            inbox.keep(list(map(self._participants.judged, inbox.messages)))
        waiting, self._waiting = self._waiting, []
        for deed in waiting:
            self._settle_or_wait(deed)

    def _settle_or_wait(self, deed: Deed) -> None:
        verdict = self._participants.verdict(deed.author.id, workflow.time())
        if verdict is None:
            self._wait(deed)
        elif not verdict.refusal:
            deed.do()
        else:
            deed.refuse()
            if deed.is_told:
                self._tell(deed.author.id, verdict.refusal, deed.at)

    def _wait(self, deed: Deed) -> None:
        if len(self._waiting) >= MOST_WAITING:
            workflow.logger.warning("too many people to judge: what one of them did is left out")
            deed.refuse()
            return
        self._waiting.append(deed)
        if not self._is_judging:
            self._judging = asyncio.create_task(self._judge_waiting())

    async def _judge_waiting(self) -> None:
        while self._waiting:
            asked = list(dict.fromkeys(deed.author for deed in self._waiting))
            try:
                await self._ask([], asked)
            except ActivityError:
                workflow.logger.exception("people could not be judged")
            # Without an answer nobody is admitted.
            left_out = [deed for deed in self._waiting if deed.author in asked]
            self._waiting = [deed for deed in self._waiting if deed.author not in asked]
            for deed in left_out:
                deed.refuse()
            for user in dict.fromkeys(deed.author.id for deed in left_out if deed.is_told):
                self._outbox.tell(user, ASK_AGAIN)

    async def done(self) -> None:
        """Returns when nothing waits for a judgement, and all that was said aside is said, at the same moment."""
        while self._is_judging or self._outbox.is_busy:
            if self._judging is not None:
                await asyncio.gather(self._judging)
            await self._outbox.done()

    @property
    def _is_judging(self) -> bool:
        return self._judging is not None and not self._judging.done()

    # The worker is asked, people are told

    def _unknown_ids(self, turn: Turn, messages: Sequence[UserMessage]) -> list[str]:
        return [slack_id for slack_id in self._conversation.unknown_ids(messages) if slack_id not in turn.nameless]

    async def _ask(self, ids: list[str], authors: Sequence[Author], turn: Turn | None = None) -> None:
        """Asks until all authors are judged. Raises ActivityError if the worker cannot judge them.

        While Slack does not tell of one of them, the verdicts on the others may expire: those are asked about again.
        """
        everybody, judged = authors, set[str]()
        while True:
            asks_for_place = turn is not None and bool(authors) and self._conversation.surroundings.is_told
            known = await look_up_names(ids, authors, self._conversation.thread, asks_for_place=asks_for_place)
            self._conversation.learn(known)
            if turn is not None:
                turn.nameless.update(known.nameless)
            self.learn(authors, known)
            if known.judged is None:  # by release 0.2
                return
            judged.update(known.judged)
            expired = self._participants.expired(workflow.time())
            authors = [author for author in everybody if author.id not in judged or author.id in expired]
            if not authors or not known.judged:
                return
            ids = []

    async def _ask_about(self, messages: Sequence[UserMessage], turn: Turn) -> None:
        """Asks until all authors are judged: the verdict on one can expire while Slack does not tell of another."""
        unjudged = self._unjudged(messages)
        while True:
            await self._ask(self._unknown_ids(turn, messages), unjudged, turn)
            asked, unjudged = unjudged, self._unjudged(messages)
            if not unjudged or unjudged == asked:
                return

    async def _ask_for_names(self, ids: list[str], turn: Turn) -> None:
        """Without an answer the ids stand for the names."""
        try:
            await self._ask(ids, [], turn)
        except ActivityError as error:
            if is_cancelled_exception(error) or not workflow.patched(NAMES_ARE_OPTIONAL):
                raise
            workflow.logger.warning("names could not be looked up")

    def _tell(self, user: str, reason: str, at: str, *, in_channel: bool = False) -> None:
        if user in self._participants.told:
            return
        self._participants.note_told([user])
        if self._conversation.thread.is_direct:
            self._outbox.say_aside(at, "refused", reason)
        else:
            self._outbox.tell(user, reason, in_channel=in_channel, failed=lambda: self._tell_again(user))

    def _tell_again(self, user: str) -> None:
        """Nobody knows whether the person was told: the next attempt is told again."""
        if user in self._participants.told:
            self._participants.told.remove(user)

    def _unjudged(self, messages: Sequence[UserMessage]) -> list[Author]:
        return self._participants.unjudged(messages, workflow.time())

    @property
    def _in_slack(self) -> bool:
        return self._conversation.thread.in_slack
