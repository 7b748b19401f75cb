"""What a run of the chaos has found: how each conversation has ended, and the sums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from tests.support.chaos.clues import write_clues
from tests.support.chaos.conversation import NEEDED, Conversation
from tests.support.chaos.decisions import (
    clicks_without_an_answer,
    doubled_cards,
    doubled_tickets,
    undecided_tickets,
)
from tests.support.chaos.evidence import Seen
from tests.support.chaos.standstill import why_it_stands_still
from tests.support.durability.opinions import Opinion

# Nobody waits longer for an answer, unless Slack has refused in their own conversation what an answer needs.
LONGEST_WAIT = 60.0  # seconds


@dataclass(frozen=True)
class Outcome:
    """How one conversation has ended. Everything must be 0 or empty, except what is only told about it."""

    lost: list[str]  # questions without an answer
    doubled: int  # answers
    overwritten: list[str]  # notices in the place of an answer
    mutilated: list[str]  # kinds of hostile answers
    repeated: list[str]  # finished steps
    effects: list[str]  # of what strangers did
    recited: list[str]  # questions that the model was given after they were taken back
    uninvited: list[str]  # questions that the model was given although their author might not write
    late: list[float]  # seconds that bystanders waited
    wrong_statuses: list[tuple[float, str]]  # the end of the log, if one was left
    wrong_progress: int
    leftovers: list[str]
    defects: int  # turns
    unheard_stops: int
    lost_opinions: int  # without anybody being told
    doubled_tickets: int
    undecided_tickets: int
    unanswered_clicks: list[str]  # on cards
    doubled_cards: int
    standstill: str  # why no worker goes on with it
    shown: list[str]
    clues: str = ""  # the directory with all that is known about what went wrong

    @property
    def is_trouble(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name not in {"shown", "clues"})


async def outcome_of(conversation: Conversation, seen: Seen, clues: Path) -> Outcome:
    """Looks at everything. If something is wrong, what is known of it is written below the directory `clues`."""
    outcome = await _looked_at(conversation, seen)
    if not outcome.is_trouble:
        return outcome
    written = await write_clues(conversation, str(outcome), seen.requests_of(conversation), clues)
    return replace(outcome, clues=str(written))


async def _looked_at(conversation: Conversation, seen: Seen) -> Outcome:
    is_bystander = not conversation.was_refused(NEEDED)
    return Outcome(
        lost=conversation.unanswered,
        doubled=conversation.doubled,
        overwritten=seen.overwritten(conversation),
        mutilated=conversation.mutilated,
        repeated=await seen.repeated(conversation),
        effects=await seen.effects(conversation),
        recited=seen.given(conversation.taken_back),
        uninvited=seen.given(conversation.uninvited),
        late=[seconds for seconds in conversation.waited.values() if is_bystander and seconds > LONGEST_WAIT],
        wrong_statuses=conversation.wrong_statuses,
        wrong_progress=int(conversation.has_wrong_progress),
        leftovers=conversation.leftovers,
        defects=conversation.defects,
        unheard_stops=int(conversation.has_unheard_stop),
        lost_opinions=int(await is_lost(conversation.opinion)),
        doubled_tickets=doubled_tickets(conversation),
        undecided_tickets=undecided_tickets(conversation),
        unanswered_clicks=clicks_without_an_answer(conversation),
        doubled_cards=doubled_cards(conversation),
        standstill=await why_it_stands_still(conversation),
        shown=conversation.shown,
    )


async def is_lost(opinion: Opinion | None) -> bool:
    """Whether a click is neither kept nor known to be lost."""
    return opinion is not None and not opinion.is_known_to_be_lost and not await opinion.is_kept()


@dataclass(frozen=True)
class Report:
    """What happened, and what must not have happened."""

    faults: Counter[str]
    deeds: Counter[str]  # of strangers
    second_thoughts: Counter[str]  # of members
    decisions: Counter[str]  # what people did with cards
    tickets: int
    conversations: Sequence[Conversation]
    outcomes: Sequence[Outcome]
    waited: list[float]  # seconds until each answer, the shortest first
    seconds: float
    seed: int

    @property
    def troubles(self) -> list[str]:
        """Each conversation in which something is not as it must be."""
        return [str(outcome) for outcome in self.outcomes if outcome.is_trouble]

    @property
    def is_clean(self) -> bool:
        return not self.troubles

    @property
    def asked(self) -> int:
        return sum(len(conversation.asked) for conversation in self.conversations)

    def _within(self, part: float) -> int:
        """So many seconds this part of the questions has waited at most."""
        return round(self.waited[math.ceil(part * len(self.waited)) - 1]) if self.waited else 0

    def __str__(self) -> str:
        facts = {**self._what_happened(), **self._what_must_not_happen(), **self._times()}
        kinds = [f"  {count:5} {kind}" for kind, count in sorted(self.faults.items())]
        deeds = [f"  {count:5} {kind}" for kind, count in sorted(self.deeds.items())]
        thoughts = [f"  {count:5} {kind}" for kind, count in sorted(self.second_thoughts.items())]
        lines = [f"{value:7} {name}" for name, value in facts.items()]
        told = [*lines, "faults by kind", *kinds, "deeds of strangers by kind", *deeds]
        decided = [f"  {count:5} {kind}" for kind, count in sorted(self.decisions.items())]
        told += ["second thoughts of members by kind", *thoughts, "clicks on cards by kind", *decided]
        return "\n".join([*told, *self.troubles])

    def _what_happened(self) -> dict[str, int]:
        conversations = self.conversations
        return {
            "faults injected": self.faults.total(),
            "deeds of strangers": self.deeds.total(),
            "conversations": len(conversations),
            "questions asked": self.asked,
            "hostile answers": sum(bool(question.hostile) for one in conversations for question in one.asked),
            "questions stopped": sum(len(one.stopped) for one in conversations),
            "questions taken back after their answer": sum(len(one.taken_back) for one in conversations),
            "of these, looked for in later requests": sum(
                banned.since is not None for one in conversations for banned in one.taken_back
            ),
            "questions of members who might not write any more": sum(len(one.uninvited) for one in conversations),
            "answers judged": sum(one.opinion is not None for one in conversations),
            "clicks on cards": sum(len(one.clicks) for one in conversations),
            "tickets filed": self.tickets,
            "answers doubled where Slack let nobody look": sum(one.doubled_unseen for one in conversations),
        }

    def _what_must_not_happen(self) -> dict[str, int]:
        outcomes = self.outcomes
        return {
            "answers lost": sum(len(one.lost) for one in outcomes),
            "answers doubled": sum(one.doubled for one in outcomes),
            "answers overwritten by a notice": sum(len(one.overwritten) for one in outcomes),
            "hostile answers not whole": sum(len(one.mutilated) for one in outcomes),
            "finished steps repeated": sum(len(one.repeated) for one in outcomes),
            "deeds of strangers that had an effect": sum(len(one.effects) for one in outcomes),
            "questions given to the model after they were taken back": sum(len(one.recited) for one in outcomes),
            "questions of those who may not write given to the model": sum(len(one.uninvited) for one in outcomes),
            f"bystanders who waited longer than {LONGEST_WAIT:.0f} s": sum(len(one.late) for one in outcomes),
            "statuses left": sum(bool(one.wrong_statuses) for one in outcomes),
            "progress left unfinished or doubled": sum(one.wrong_progress for one in outcomes),
            "drafts left": sum(len(one.leftovers) for one in outcomes),
            "turns given up by a defect": sum(one.defects for one in outcomes),
            "stops not heard": sum(one.unheard_stops for one in outcomes),
            "clicks lost without a word": sum(one.lost_opinions for one in outcomes),
            "tickets filed twice": sum(one.doubled_tickets for one in outcomes),
            "tickets filed without a decision": sum(one.undecided_tickets for one in outcomes),
            "clicks on cards without an answer": sum(len(one.unanswered_clicks) for one in outcomes),
            "cards shown twice": sum(one.doubled_cards for one in outcomes),
            "conversations that stand still": sum(bool(one.standstill) for one in outcomes),
        }

    def _times(self) -> dict[str, int]:
        return {
            "seconds until half of the answers were there": self._within(0.5),
            "seconds until nine of ten were there": self._within(0.9),
            "seconds until the last one was there": self._within(1.0),
            "seconds in all": round(self.seconds),
            "seed": self.seed,
        }
