"""Who takes part in a conversation, whose messages it answers, and who may not talk to the agent. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from agent_worker.contract.messages import SaidToOthers, UserMessage
from agent_worker.payloads.agent_policy import ThreadReplies
from agent_worker.payloads.opening import Judgement, Opened
from agent_worker.payloads.thread import Author

# The worker's directory remembers people for 5 minutes, too. So a changed setting, or a person who became a guest,
# takes effect within 10 minutes, at the price of one short activity for each person and 5 minutes.
VERDICT_LASTS = 300.0  # seconds
VERDICTS_KEPT = 1_000  # people; the one who was judged least recently is forgotten first, and judged again


@dataclass(frozen=True)
class Verdict:
    """Whether a person may talk to the agent, or whether anybody may in this channel."""

    refusal: str = ""  # why not, a sentence for that person; "" for who may
    at: float = 0.0  # when the worker has told it, in seconds since 1970

    def is_fresh(self, now: float) -> bool:
        return now - self.at < VERDICT_LASTS


@dataclass
class Participants:
    """Kept with the conversation. Nobody is admitted without a fresh verdict.

    `thread_replies` is None until the conversation is opened: until then every message counts as meant for the agent.
    """

    thread_replies: ThreadReplies | None = None
    spoken: list[str] = field(default_factory=list)  # ids of everybody who has written, apps left out
    has_asked_back: bool = False  # the agent's last answer ends with a question, and nobody has written since
    answered_by: str = ""  # who has written first after the agent's last question
    asked_at: float = 0.0  # when somebody has last written to the agent
    others_at: float = 0.0  # when somebody has last turned to somebody else, since then; 0 if nobody has
    app_at: float = 0.0  # when another app has last asked people something, since then; 0 if none has
    verdicts: dict[str, Verdict] = field(default_factory=dict)  # of people, by Slack id; the newest last
    here: Verdict = field(default_factory=Verdict)  # of the channel: whether anybody may talk to the agent in it
    told: list[str] = field(default_factory=list)  # ids of those who were told why they may not

    def open(self, opened: Opened) -> None:
        self.thread_replies = opened.policy.thread_replies
        self.spoken = list(dict.fromkeys([*opened.people, *self.spoken]))
        for said in opened.to_others:
            self.hear_to_others(said)

    # Is a message meant for the agent?

    def hear(self, message: UserMessage) -> UserMessage:
        """Notes who speaks, and returns the message as `judged` does."""
        if not message.from_app and message.user not in self.spoken:
            self.spoken.append(message.user)
        judged = self.judged(message)
        if self.has_asked_back:
            self.has_asked_back, self.answered_by = False, message.user
        if judged.addressed and not message.from_app:
            self._turn_to_agent(message.asked_at)
        return judged

    def _turn_to_agent(self, at: float) -> None:
        self.asked_at = max(self.asked_at, at)
        self.others_at = self.others_at if self.others_at > at else 0.0
        self.app_at = self.app_at if self.app_at > at else 0.0

    def hear_to_others(self, said: SaidToOthers) -> None:
        """Notes that people talk with somebody else now, until they write to the agent again."""
        at = float(said.ts)
        if at < self.asked_at:
            return
        self.has_asked_back = False
        if said.by_app:
            self.app_at = max(self.app_at, at)
        else:
            self.others_at = max(self.others_at, at)

    def judged(self, message: UserMessage) -> UserMessage:
        """The message; `addressed` also if it names nobody but is to be answered all the same."""
        if message.addressed or not (message.from_app or self._may_answer(message)):
            return message
        return message.model_copy(update={"addressed": True})

    def _may_answer(self, message: UserMessage) -> bool:
        if self.has_asked_back and self.thread_replies == "auto":
            return True
        if 0 < self.app_at < message.asked_at:
            return False  # it answers the app
        if self.thread_replies == "auto":
            return self.spoken == [message.user] and not 0 < self.others_at < message.asked_at
        return self.thread_replies == "all"

    def is_asked(self, messages: Sequence[UserMessage]) -> bool:
        """Whether any of the messages is for the agent."""
        return any(message.addressed for message in messages) or (bool(messages) and self.thread_replies is None)

    def silencers(self, messages: Sequence[UserMessage], now: float) -> list[Author]:
        """People to be judged: of `messages`, one would be for the agent if these had not written.

        Where anybody else takes part who was admitted once, people may talk to each other, and nobody is to be judged.
        """
        if self.thread_replies != "auto" or sum(map(self._was_admitted, self.spoken)) not in {0, 1}:
            return []
        messages = [message for message in messages if not message.addressed]
        unjudged = {one.id: one for one in self.unjudged(messages, now) if not self._was_admitted(one.id)}
        for message in messages:
            others = [user for user in self.spoken if user != message.user]
            if others and not message.from_app and unjudged.keys() >= set(others):
                return [unjudged[user] for user in others]
        return []

    def has_answered(self, text: str) -> None:
        """Notes the agent's answer: a reply to a question of the agent needs no mention."""
        self.has_asked_back, self.answered_by = asks_back(text), ""

    # May its author talk to the agent?

    def unjudged(self, messages: Iterable[UserMessage], now: float) -> list[Author]:
        """The people without a fresh verdict. An app has none of its own: the bot has judged it by its id."""
        authors = {message.user: message.team for message in messages if not message.from_app}
        return [Author(id=user, team=team) for user, team in authors.items() if self.verdict(user, now) is None]

    def must_ask(self, messages: Sequence[UserMessage], now: float) -> bool:
        """Whether the worker has to be asked before it is known which of the messages count."""
        return bool(messages) and (not self.here.is_fresh(now) or bool(self.unjudged(messages, now)))

    def learn(self, asked: Sequence[Author], judgement: Judgement, now: float) -> None:
        """Takes over what the worker says of the people about whom it was asked, and of the channel."""
        if judgement.judged is None:
            self._learn_from_release_0_2(asked, judgement, now)
            return
        self.here = Verdict(judgement.refused_here, now)
        for user in judgement.judged:
            self._note(user, judgement.refused.get(user, ""), now)
        self._disregard(judgement.refused)

    def _disregard(self, refused: Collection[str]) -> None:
        """Makes it as if these people had not written: the others are answered as before."""
        self.spoken = [user for user in self.spoken if user not in refused]
        if self.answered_by in refused:
            self.has_asked_back, self.answered_by = True, ""

    def _learn_from_release_0_2(self, asked: Sequence[Author], judgement: Judgement, now: float) -> None:
        """Release 0.2 named only those whom it refused, and a refusal held for the life of the conversation."""
        here = judgement.refused_here if isinstance(judgement, Opened) else self.here.refusal
        self.here = Verdict(here, now)
        for user in dict.fromkeys([*(author.id for author in asked), *judgement.refused]):
            before = self.verdicts.get(user, Verdict()).refusal
            self._note(user, judgement.refused.get(user, before), now)

    def _note(self, user: str, refusal: str, now: float) -> None:
        self.verdicts.pop(user, None)
        self.verdicts[user] = Verdict(refusal, now)
        if len(self.verdicts) > VERDICTS_KEPT:
            del self.verdicts[next(iter(self.verdicts))]
        if not refusal and not self.here.refusal and user in self.told:
            self.told.remove(user)  # who is refused anew is told anew

    def verdict(self, user: str, now: float) -> Verdict | None:
        """What holds for the person in this channel; None if the worker has to be asked."""
        verdict = self.verdicts.get(user)
        if verdict is None or not verdict.is_fresh(now) or not self.here.is_fresh(now):
            return None
        return self.here if self.here.refusal else verdict

    def expired(self, now: float) -> set[str]:
        """The ids of the people whose verdicts do not hold any more."""
        return {user for user, verdict in self.verdicts.items() if not verdict.is_fresh(now)}

    def _was_admitted(self, user: str) -> bool:
        return user in self.verdicts and not self.verdicts[user].refusal

    def admitted_before(self, messages: Iterable[UserMessage]) -> list[UserMessage]:
        """The messages of those who were admitted when they were judged last, however long ago, and of allowed apps."""
        return [message for message in messages if message.from_app or self._was_admitted(message.user)]

    def admitted(self, messages: Iterable[UserMessage], now: float) -> list[UserMessage]:
        """The messages of those who may talk to the agent: of people with a fresh verdict, and of allowed apps."""
        return [message for message in messages if self._admits(message, now)]

    def _admits(self, message: UserMessage, now: float) -> bool:
        verdict = (
            (self.here if self.here.is_fresh(now) else None) if message.from_app else self.verdict(message.user, now)
        )
        return verdict is not None and not verdict.refusal

    def refusals(self, messages: Iterable[UserMessage], now: float) -> dict[str, str]:
        """Why the authors of the messages may not talk to the agent, by Slack id, for those who were not told."""
        users = dict.fromkeys(message.user for message in messages if not message.from_app)
        verdicts = {user: self.verdict(user, now) for user in users if user not in self.told}
        return {user: verdict.refusal for user, verdict in verdicts.items() if verdict and verdict.refusal}

    def note_told(self, users: Iterable[str]) -> None:
        """Notes that these people were told why they may not talk to the agent."""
        self.told = [*self.told, *users][-VERDICTS_KEPT:]


def asks_back(text: str) -> bool:
    """Whether an answer ends with a question: then the next message most likely answers it."""
    return text.rstrip(" \n*_`)\"'").endswith(("?", "？"))  # noqa: RUF001  the sign that Chinese and Japanese use
