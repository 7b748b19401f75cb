"""The conversation as plain data: everything that a continue-as-new has to carry. Pure: no clock, no ids, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import NO_MOMENT, Feedback, MessageChange, StopRequest, Thread, UserMessage
from agent_worker.conversation.costs import Costs
from agent_worker.conversation.inbox import SEEN_MESSAGES, Inbox
from agent_worker.conversation.participants import Participants
from agent_worker.conversation.questions import outcomes
from agent_worker.conversation.questions.asked import AskedQuestions
from agent_worker.conversation.questions.decisions import Decisions
from agent_worker.conversation.questions.question import Question
from agent_worker.conversation.surroundings import Surroundings
from agent_worker.conversation.transcript import origins
from agent_worker.conversation.transcript.transcript import Transcript, told_together
from agent_worker.conversation.turn.turn import Turn
from agent_worker.conversation.turn_limits import TurnLimits
from agent_worker.conversation.wording import linked, model_form, quotations
from agent_worker.conversation.wording.model_input import ModelInput, ids_in, is_view, what_is_open
from agent_worker.conversation.wording.permalinks import links_in
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.links import MessageLink
from agent_worker.payloads.opening import Before, Names, Opened
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Answered, Deliver
from text.lines import ELLIPSIS, whole_words

SHORTEST = 0.000_001  # seconds, the smallest difference between two moments of Slack's
FIRST_WORDS = 1_000  # characters of the first question, from which the title is made
# Answers that the thread did not take. The next run has to carry them, so they are bounded; the newest are kept.
UNTOLD_KEPT = 5
UNTOLD_BYTES = 300_000  # of all of them
# In the place of a kept answer to several messages, of which one was taken back.
UNTOLD_LEFT_OUT = "I had an answer here, but a message that it was to was deleted or edited since. Please ask again."
_LEFT_OUT = {"text": UNTOLD_LEFT_OUT, "preface": ""}
NO_LINKS: Mapping[str, Sequence[str]] = {}
WHEN = ("at", "later")  # the fields that say when a message was written
QUOTING_BYTES = 100_000  # of the attachments of messages that quote others; the newest messages are kept
BEFORE = "What was said in this thread before, oldest first. It is information, not a question to you:"
NOW = "End of what was said before. What follows is said to you."
CHANGE_LEFT_OUT = {
    "text": model_form.note("A message above was changed by its author, but the change is too large to be read.")
}
QUESTIONS_QUOTED = 5  # before one answer
MOST_CALLED = 50  # people whose names an answer may show in place of their ids
QUESTION_CHARACTERS = 300  # of each of them
FEEDBACK_KEPT = 100  # clicks; they are stored with what Temporal lists of the conversation
REASONS_BYTES = 20_000  # of all reasons together; the oldest are dropped beyond that, and the judgements stay


@dataclass(kw_only=True)
class Conversation:
    """One Slack thread's conversation."""

    thread: Thread
    transcript: Transcript
    inbox: Inbox = field(default_factory=Inbox)
    participants: Participants = field(default_factory=Participants)
    surroundings: Surroundings = field(default_factory=Surroundings)
    limits: TurnLimits = field(default_factory=TurnLimits)
    model: str = ""
    agent: str = ""  # a conversation keeps its agent
    version: AgentVersion | None = None  # of the agent, as of the beginning of the newest turn
    bot_user_id: str = ""
    names: dict[str, str] = field(default_factory=dict)  # of users and channels, by Slack id
    before: list[Before] = field(default_factory=list)  # what the thread said earlier; it goes before the first message
    quoting_before: list[Before] = field(default_factory=list)  # of these, the model has read, and they quote others
    earlier: str = ""  # the same, as release 0.2 wrote it
    title: str = ""
    titled_by: str = ""  # the `ts` of the message from which the title was made; "" if a person gave it
    first_words: str = ""  # of the first question
    first_ts: str = ""  # … and its `ts`
    quoting: list[UserMessage] = field(default_factory=list)  # that the model has read, and that quote other messages
    workspace_url: str = ""  # for links to its messages
    may_search: bool = False  # Slack has permitted one of its turns to search
    last: Answered | None = None  # the turn that can be tried again
    feedback: list[Feedback] = field(default_factory=list)
    untold: list[Deliver] = field(default_factory=list)  # answers that the thread did not take, oldest first
    times_told_later: int = 0  # how often they were tried again since the newest of them, while nobody wrote
    questions: AskedQuestions = field(default_factory=AskedQuestions)  # to people
    decisions: Decisions = field(default_factory=Decisions)
    costs: Costs = field(default_factory=Costs)

    def open(self, opened: Opened) -> None:
        """Takes over what the worker tells. The model is that of the settings until a turn brings a version."""
        self.model = self.model or opened.policy.gemini_model
        self.agent = self.agent or opened.agent
        self.bot_user_id = opened.bot_user_id
        self.names |= opened.names
        self.surroundings.open(opened)
        self.workspace_url = opened.workspace_url
        self.before, self.earlier = list(opened.before), opened.earlier
        known = [ts for one in self.before for ts in (one.ts, *one.quotes)]
        for change in self.inbox.changes_ahead(known):
            self._change_before(change)
        self.participants.open(opened)
        over = {*opened.answered, *opened.gone}
        waiting = [message for message in self.inbox.messages if message.ts not in over]
        self.inbox.keep(list(map(self.participants.judged, waiting)))
        for ts in opened.gone:
            self.inbox.take_back_quotation(ts)

    # Its agent

    def take_version(self, version: AgentVersion, epoch: str) -> None:
        """Goes by another version. Thought signatures fit no other model: they go with the model that made them."""
        if version.model != self.model:
            self.transcript.forget_signatures(epoch)
        self.agent, self.version, self.model = version.agent, version, version.model
        self.participants.thread_replies = version.thread_replies

    def policy(self, settings: AgentPolicy) -> AgentPolicy:
        """The settings that the conversation goes by, with what the version of its agent says in their place."""
        return self.version.applied_to(settings) if self.version else settings

    # Messages

    def receive(self, message: UserMessage) -> None:
        """Puts a message into the inbox, once."""
        new = self.inbox.accept(message)
        if new is not None:
            self.inbox.add(self.participants.hear(new))

    def readdress(self, message: UserMessage, turn: Turn | None) -> None:
        """Takes up, once, a message that an edit has addressed to the agent; `turn` is the one that may answer it."""
        inbox = self.inbox
        inbox.note_asked([message.ts])
        known = turn.message(message.ts) if turn is not None else None
        if known is not None and known.addressed:
            return  # it is being answered all the same
        inbox.readdressed = [*inbox.readdressed, message.ts][-SEEN_MESSAGES:]
        message = self.participants.hear(inbox.without_old_quotations(message))
        if turn is not None and known is not None:
            turn.readdress(message)
        else:
            inbox.readdress(message)

    def is_known(self, change: MessageChange, turn: Turn) -> bool:
        """Whether the turn has this edit already: one that addresses a message to the agent comes as two events."""
        message = turn.message(change.ts) if change.ts in self.inbox.readdressed else None
        return message is not None and message.content == change.content and not change.deleted

    @property
    def has_work(self) -> bool:
        """Whether anything that waits is for the agent; messages that are not wait for the next one that is."""
        is_wanted = self.inbox.again is not None or self.questions.decided is not None
        return is_wanted or self.participants.is_asked(self.inbox.messages)

    def give_back_late(self, turn: Turn) -> None:
        """Takes out of a turn what was written while Gemini failed at it: it is asked by itself in the next turn."""
        late = turn.take_late()
        if late and turn.late_from is not None:
            self.inbox.keep([*late, *self.inbox.messages])
            self.transcript.shorten(turn.late_from)

    def with_moment(self, request: StopRequest, turn: Turn | None) -> StopRequest:
        """The request with a moment: if Slack told none, just after the newest of what was received."""
        if request.at != NO_MOMENT:
            return request
        asked = [message.asked_at for message in self.inbox.messages]
        asked += [float(self.inbox.again.at)] if self.inbox.again else []
        asked += [turn.asked_at] if turn is not None else []
        newest = max([float(self.thread.thread_ts), *asked])
        return request.model_copy(update={"at": f"{newest + SHORTEST:.6f}"})

    def stop(self, request: StopRequest) -> bool:
        """Drops what was asked before the stop; returns whether anything of that kind waits."""
        self.inbox.stopped_at = max(self.inbox.stopped_at, float(request.at))
        return bool(self.inbox.stopped)

    def may_try_again(self, key: str) -> bool:
        """Whether this is the last turn, and its question is still there."""
        return self.last is not None and self.last.key == key and self.transcript.has_question

    # What the model is told of them

    def learn(self, told: Names) -> None:
        """Takes over what the worker tells of people and of the channel."""
        self.names |= told.names
        self.surroundings.learn(told)

    @property
    def called(self) -> dict[str, str]:
        """The names of people who take part in the thread, by id; of many, those who came last."""
        spoken = self.participants.spoken[-MOST_CALLED:] if self.surroundings.is_told else []
        return {user: self.names[user] for user in spoken if user in self.names}

    def unknown_ids(self, messages: Sequence[UserMessage]) -> list[str]:
        """Slack ids of authors, mentioned people and channels whose names are not known yet; of one message, a few."""
        if not self.thread.in_slack:
            return []
        known = {*self.names, self.bot_user_id}
        ids = [slack_id for message in messages for slack_id in ids_in(message)]
        return [slack_id for slack_id in dict.fromkeys(ids) if slack_id not in known]

    def says_nothing(self, messages: Sequence[UserMessage]) -> bool:
        """Whether the messages mention the agent and hold nothing else."""
        return not any(self._input.read(message) or message.files or message.left_out for message in messages)

    def add_messages(self, messages: Sequence[UserMessage], links: Mapping[str, Sequence[str]] = NO_LINKS) -> None:
        """Adds messages to the transcript as one entry; the first one brings what the thread said before.

        `links`: the lines about what the links of a message lead to, by its `ts`.
        """
        if messages and not self.first_words:
            self.first_words, self.first_ts = self._input.read(messages[0])[:FIRST_WORDS], messages[0].ts
        parts = [*self._news(messages), *self._take_before()]
        for message in messages:
            parts += self._parts(message, self.surroundings.tell(message), links.get(message.ts, ()))
        self.transcript.add({"role": "user", "parts": parts})

    def _news(self, messages: Sequence[UserMessage]) -> list[dict[str, Any]]:
        """Where this is and who the authors are, also those of what the thread said before, as far as it is new."""
        before = [str(model_form.fields(one.line).get("id", "")) for one in self.before]
        people = [*before, *(message.user for message in messages if not message.from_app)]
        news = self.surroundings.news(people, self.thread, self.names, self.transcript.remarks)
        return _remark([{"text": line} for line in news])

    def _parts(self, message: UserMessage, when: Mapping[str, str], links: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The message with what its links lead to: `links`, and what the model has read of that already."""
        self._note_quotations(message)
        about = linked.still_linked(message.text, lambda: [*self.transcript.lines_of(message.ts), *links])
        return origins.marked(
            [*self._view(message), *self._input.parts(message, when), *linked.parts(about)], message.ts
        )

    # Links

    @property
    def _reads_links(self) -> bool:
        """Not in a run that a release has opened that read none; nor in a terminal, which has no Slack to read."""
        return self.surroundings.is_told and self.thread.in_slack

    def unread_links(self, message: UserMessage) -> list[MessageLink]:
        """The links of a message that are to be read before the model is asked with it."""
        if not self._reads_links:
            return []
        return linked.unread(message, lambda: self.transcript.lines_of(message.ts))

    def missed_links(self) -> dict[str, list[MessageLink]]:
        """The links in the question of the last turn that could not be read then, by the `ts` of the message."""
        asked = self.transcript.questions if self._reads_links else []
        missed = {ts: linked.missed(origins.lines_of(asked, ts)) for ts in origins.messages(asked)}
        return {ts: [link for url in links for link in links_in(url)] for ts, links in missed.items() if links}

    def add_links(self, message: UserMessage, lines: Sequence[str], *, epoch: str) -> None:
        """Puts what its links lead to behind a message of the running turn that the model was told of."""
        about = linked.still_linked(message.text, lambda: lines)
        self.transcript.add_behind(message.ts, linked.parts(about), epoch)

    def replace_missed_links(self, ts: str, lines: Sequence[str], *, epoch: str) -> None:
        """Puts what the links of a message lead to in the place of the lines that say that they could not be read."""
        missed = linked.missed(self.transcript.lines_of(ts))
        found = {missed[url]: line for line in lines if (url := linked.link_of(line)) in missed}
        self.transcript.reword(ts, found, epoch)

    def _told_when(self, message: UserMessage) -> dict[str, str]:
        """When the message was written, in the words in which the model has read that already."""
        lines = [*(one.line for one in self.before if one.ts == message.ts), *self.transcript.lines_of(message.ts)]
        told = [{key: read[key] for key in WHEN if key in read} for read in map(model_form.fields, lines)]
        return next(filter(None, told), self.surroundings.written_at(message.ts, message.user))

    def _note_quotations(self, message: UserMessage) -> None:
        others = [one for one in self.quoting if one.ts != message.ts]
        self.quoting = [*others, *([message] if quotations.quoted(message) else [])]
        while sum(size_of(one.attachments) for one in self.quoting) > QUOTING_BYTES:
            del self.quoting[0]

    def add_changes(self, changes: Sequence[MessageChange | UserMessage]) -> None:
        """Tells the model what became of messages that it has read: edits, deletions, and files that came late.

        An edit that is too large for what the turn holds already is left out, and the model is told so.
        """
        room = self.transcript.room
        parts: list[dict[str, Any]] = []
        for change in changes:
            told = self._input.changed(change)
            if size_of(told) > room:
                told = [CHANGE_LEFT_OUT]
            elif isinstance(change, MessageChange) and not change.deleted:
                self.inbox.note_told(change)
            room -= size_of(told)
            is_deletion = isinstance(change, MessageChange) and change.deleted
            parts += origins.marked(told, origins.REMARK if is_deletion else change.ts)
        self.transcript.add({"role": "user", "parts": parts})

    def _take_before(self) -> list[dict[str, Any]]:
        """What the thread said before, once: a part for each message, between two remarks of ours."""
        told = [part for one in self.before for part in origins.marked([{"text": one.line}], one.ts or origins.REMARK)]
        if self.earlier:
            told += origins.marked([{"text": model_form.line(text=self.earlier)}], origins.PAST)
        for one in self.before:
            self.surroundings.note_told(float(one.ts or 0))
        self.quoting_before += [one for one in self.before if one.quotes]
        self.before, self.earlier = [], ""
        first, last = ([{"text": model_form.note(remark)}] for remark in (BEFORE, NOW))
        return [*_remark(first), *told, *_remark(last)] if told else []

    def _view(self, message: UserMessage) -> list[dict[str, Any]]:
        """What the author has open beside the conversation, if that is not what the model was told last.

        That is read from the transcript: a summary, or what people take back, may have taken it away again. An edit
        does not say what is open, so what the message came with stays.
        """
        own = list(filter(is_view, self.transcript.lines_of(message.ts)))
        if own or not message.looking_at:
            return [{"text": line} for line in own[:1]]
        view = self._input.view(message, self.workspace_url)
        told = next(filter(is_view, self.transcript.lines_from_newest()), "")
        return [] if what_is_open(told) == what_is_open(view["text"]) else [view]

    @property
    def _input(self) -> ModelInput:
        return ModelInput(self.thread.in_slack, self.bot_user_id, self.names)

    # What people are told and think

    def keep_untold(self, answer: Deliver, *, is_outdated: bool = False) -> None:
        """Keeps an answer that the thread does not take. It is delivered with the next turn, or later by itself.

        `is_outdated`: it may repeat words that were taken back, so only that there was one is told.
        """
        answer = answer.model_copy(update=_LEFT_OUT) if is_outdated else answer
        self.untold = [*self.untold, answer.in_doubt()][-UNTOLD_KEPT:]
        self.times_told_later = 0
        while sum(size_of(one.text) for one in self.untold) > UNTOLD_BYTES:
            del self.untold[0]

    def forget_untold(self, answer: Deliver) -> None:
        """Forgets a kept answer: the thread holds it now, or it was given up."""
        self.untold = [one for one in self.untold if one.key != answer.key]

    def give_up_untold(self) -> list[str]:
        """Forgets all kept answers, and returns their keys."""
        given_up, self.untold, self.times_told_later = self.untold, [], 0
        return [one.key for one in given_up]

    def take_back_untold(self, change: MessageChange) -> None:
        """Forgets a kept answer whose question was deleted."""
        if change.deleted:
            self.untold = [one for one in self.untold if one.answers != [change.ts]]

    # Questions to people

    def names_of(self, people: Sequence[str]) -> dict[str, str]:
        """The names of those of these people whom the conversation knows, by id."""
        return {person: self.names[person] for person in people if person in self.names}

    def settle(self, question: Question, epoch: str) -> None:
        """Tells the model what became of the calls that people were asked about.

        If nothing was said since, it reads as if the calls had just run. Otherwise a remark says what is known now; so
        it does where a summary has taken the place of the calls. The turn that follows begins behind the calls: what
        was carried out stays known if that turn fails, is stopped or tried again.
        """
        self.questions.forget(question)
        results = {outcomes.mark(question, at): item.result or {} for at, item in enumerate(question.items)}
        goes_on = self.transcript.ends_with_responses(results)
        is_found = self.transcript.exchange_responses(results, epoch)
        if question.is_silent:
            return
        self.transcript.start_turn()
        if not goes_on:
            decided = outcomes.by_title(question)
            told, files = told_together({} if is_found else decided)
            remark = {"text": outcomes.news(decided) if is_found else outcomes.news_alone(told)}
            self.transcript.add({"role": "user", "parts": origins.marked([remark, *files], origins.DECISION)})

    # What people take back

    def has_read(self, change: MessageChange | UserMessage) -> bool:
        """Whether the model was given the message, from itself, from a summary, or in what another one quotes.

        Or is given it with the next question.
        """
        if any(change.ts in (one.ts, *one.quotes) for one in (*self.before, *self.quoting_before)):
            return True
        return self.transcript.holds(change.ts) or any(
            change.ts in quotations.quoted(message) for message in self.quoting
        )

    def take_back(self, change: MessageChange, *, is_running: bool, epoch: str) -> bool:
        """Makes it as if the message had always read as it does now, or had never been there.

        `is_running`: a turn is answering. Returns whether the conversation has lost its title: its words were taken
        back.
        """
        self._change_before(change)
        self._exchange(change.ts, self._rewritten(change), is_running=is_running, epoch=epoch)
        for one in [one for one in self.quoting_before if change.ts in one.quotes]:
            parts = [{"text": model_form.without_attached(one.line)}]
            self._exchange(one.ts, parts, is_running=is_running, epoch=epoch)
        self.quoting_before = [one for one in self.quoting_before if change.ts not in (one.ts, *one.quotes)]
        has_lost_title = self._forget_title(change)
        for message in [message for message in self.quoting if change.ts in quotations.quoted(message)]:
            left = quotations.without(message, change.ts)
            parts = self._parts(left, self._told_when(left))
            self._exchange(message.ts, parts, is_running=is_running, epoch=epoch)
            has_lost_title = self._forget_title(left) or has_lost_title
        if change.deleted:
            self.quoting = [message for message in self.quoting if message.ts != change.ts]
            if self.last is not None:
                self.last = self.last.without(change.ts)
            if not self.transcript.has_question:
                self.inbox.again = None  # there is nothing left to try again
        self._leave_out_untold(change.ts)
        return has_lost_title

    def _exchange(self, ts: str, parts: list[dict[str, Any]], *, is_running: bool, epoch: str) -> None:
        if self.transcript.holds(ts):
            self.transcript.take_back(ts, origins.marked(parts, ts), is_running=is_running, epoch=epoch)

    def _change_before(self, change: MessageChange) -> None:
        """The same in what the thread said earlier and the model has not been given yet."""
        line = "" if change.deleted else self._rewritten(change)[0]["text"]
        changed = [one.model_copy(update={"line": line}) if one.ts == change.ts else one for one in self.before]
        self.before = [_without_quotation(one, change.ts) for one in changed if one.line]

    def _rewritten(self, change: MessageChange) -> list[dict[str, Any]]:
        """The message as the model reads it now, with the files that it had; nothing if it was deleted."""
        if change.deleted:
            return []
        files = self.transcript.files_of(change.ts)
        author = {"user": change.user, "team": change.team, "from_app": change.from_app}
        message = UserMessage(ts=change.ts, direct=self.thread.is_direct, **author, **change.content)
        parts = self._parts(message, self._told_when(message))
        return [*(parts if size_of(parts) <= self.transcript.room else [CHANGE_LEFT_OUT]), *files]

    def _leave_out_untold(self, ts: str) -> None:
        """Of the kept answers, those that knew the message: to itself, and to what was asked after it."""
        told = []
        for one in self.untold:
            if not one.knew(ts):
                told.append(one)
            elif others := [answered for answered in one.answers if answered != ts]:
                told.append(one.model_copy(update={**_LEFT_OUT, "answers": others}))
        self.untold = told

    def _forget_title(self, said: UserMessage | MessageChange) -> bool:
        """The title is made of the words of the first question, and this is how a message reads now."""
        if self.first_ts == said.ts:
            self.first_words = self._input.read(said)[:FIRST_WORDS]
        if self.titled_by != said.ts:
            return False
        self.title = self.titled_by = ""
        return True

    def preface(self, unseen: Sequence[UserMessage]) -> str:
        """Markdown that goes before an answer to questions that nobody can read in the thread: the first of them."""
        lines = [f"> <@{message.user}> asks: {_shortened(message.text)}" for message in unseen[:QUESTIONS_QUOTED]]
        if len(unseen) > QUESTIONS_QUOTED:
            lines.append(f"> … and {len(unseen) - QUESTIONS_QUOTED} more questions")
        return "\n".join([*lines, "", ""]) if lines else ""

    def note_feedback(self, feedback: Feedback) -> bool:
        """Keeps each person's newest opinion of a turn; returns whether it is that person's first one of the turn.

        The reason for a click follows the click, or comes without it if that was lost. Who says bad once more without a
        reason keeps the one that they gave before.
        """
        before = [one for one in self.feedback if (one.turn, one.user) == (feedback.turn, feedback.user)]
        if any(_counts_less(feedback, one) for one in before):
            return False
        reasons = [one.reason for one in before if one.value == feedback.value == "bad"]
        if not feedback.reason and any(reasons):
            feedback = feedback.model_copy(update={"reason": reasons[-1]})
        kept = [one for one in self.feedback if one not in before]
        self.feedback = _with_bounded_reasons([*kept, feedback][-FEEDBACK_KEPT:])
        return not before


def _counts_less(feedback: Feedback, known: Feedback) -> bool:
    """Whether it is older than what is known, or is the same click and brings no reason."""
    is_same_click = float(known.at) == float(feedback.at)
    return float(known.at) > float(feedback.at) or (is_same_click and not feedback.reason)


def _with_bounded_reasons(opinions: Sequence[Feedback]) -> list[Feedback]:
    """Temporal lists them with the conversation, so all reasons together are bounded."""
    room, kept = REASONS_BYTES, list[Feedback]()
    for one in reversed(opinions):
        room -= len(one.reason.encode())
        kept.append(one.model_copy(update={"reason": ""}) if one.reason and room < 0 else one)
    return kept[::-1]


def _remark(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return origins.marked(parts, origins.REMARK)


def _without_quotation(one: Before, ts: str) -> Before:
    if ts not in one.quotes:
        return one
    return one.model_copy(update={"line": model_form.without_attached(one.line), "quotes": []})


def _shortened(text: str) -> str:
    """The text on one line, or its first words and "…"."""
    line = " ".join(text.split())
    return line if len(line) <= QUESTION_CHARACTERS else whole_words(line, QUESTION_CHARACTERS) + ELLIPSIS
