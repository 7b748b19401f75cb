"""Whether an answer counts: one sentence for each reason why it does not, told to who has answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent_worker.contract.questions import SETTLED, Answer
from agent_worker.conversation.questions import forms, inputs
from agent_worker.conversation.questions.question import Item, Question

CHANGED = "The question has changed since this card was shown. Please look at the card again, and decide anew."
DECIDED = "This is decided already."
TOO_LATE = "This question has expired, so nothing is carried out. Please ask again."
NOT_THE_ASKER = "You asked for this, so somebody else has to decide."
APPROVED_BEFORE = "You have approved this already. {missing} more has to."
NOBODY = "Nobody may decide this: the people who could are not known."
MOST_LISTED = 10  # people in one sentence
LONGEST_TEXT = 3_000  # characters of a reason, or of an answer in own words


def refusal(question: Question | None, answer: Answer, now: float, *, knows_members: bool = True) -> str:
    """Why the answer does not count, for the person; "" if nothing speaks against it.

    Unless one `knows_members` of the user groups at this moment, anybody may be in one of them.
    """
    if question is None:
        return SETTLED
    may_be_member = bool(question.approvers.groups) and not knows_members
    if not may_be_member and (why := not_allowed(question, answer.user, answer.item)):
        return why
    if why := _is_outdated(question, answer, now):
        return why
    if answer.grant is not None and (answer.decision != "approve" or question.kind == "choose"):
        return CHANGED
    form = next((item for item in question.meant(answer) if item.asks is not None), None)
    if form is not None or answer.decision in {"fill", "opened"}:
        return _does_not_fit_form(form, answer)
    return _does_not_fit(question, answer)


def _is_outdated(question: Question, answer: Answer, now: float) -> str:
    if not question.meant(answer):
        return DECIDED
    if now >= question.expires_at:
        return TOO_LATE
    return "" if answer.version == question.version else CHANGED


def not_allowed(question: Question, user: str, item: int | None = None) -> str:
    """Why this person may not decide; "" if they may."""
    people = question.people_for(item)
    if user in people:
        return ""
    if question.approvers.not_the_asker and any(user == asker.id for asker in question.askers):
        return NOT_THE_ASKER
    return f"Only {listed(people)} can decide this." if people else NOBODY


def _does_not_fit(question: Question, answer: Answer) -> str:
    """Whether the answer is one to this kind of question, and its arguments are ones of the tool."""
    if (question.kind == "choose") != (answer.decision == "choose") or len(answer.text) > LONGEST_TEXT:
        return CHANGED
    if question.kind == "choose":
        options = question.choice.options if question.choice else []
        is_one = answer.option is not None and 0 <= answer.option < len(options)
        return "" if is_one or (answer.option is None and answer.text.strip()) else "Please write an answer."
    return _does_not_fit_calls(question, answer)


def _does_not_fit_calls(question: Question, answer: Answer) -> str:
    waiting = question.meant(answer)
    if not waiting:  # only what a server asks is open
        return DECIDED
    if answer.arguments is not None:
        is_for_one = answer.item is not None and answer.decision == "approve" and answer.grant is None
        filled = waiting[0].with_form(answer.arguments)
        return CHANGED if not is_for_one else forms.problem(waiting[0].approval.parameters, filled)
    if answer.decision == "approve" and all(answer.user in item.approved_by for item in waiting):
        return APPROVED_BEFORE.format(missing=question.approvers.needed - len(waiting[0].approved_by))
    return CHANGED if answer.grant is not None and not _fits_grant(question, answer) else ""


def _fits_grant(question: Question, answer: Answer) -> bool:
    wish, is_whole = answer.grant, answer.decision == "approve" and answer.item is not None
    known = question.waiting(answer.item)[0].arguments
    return bool(wish and is_whole and question.may_be_granted and set(wish.fixed) <= known.keys())


def _does_not_fit_form(item: Item | None, answer: Answer) -> str:
    """The same where a server asks: it hears what was filled in, that its pages were opened, or that nobody answers."""
    if item is None or item.asks is None or answer.decision not in {"fill", "opened", "reject"}:
        return CHANGED
    if answer.decision == "reject":
        return "" if len(answer.text) <= LONGEST_TEXT else CHANGED
    asked = item.asks.forms if answer.decision == "fill" else item.asks.links
    if not asked or any(one.digest in item.answered for one in asked):
        return CHANGED
    return inputs.problem(item.asks, answer.arguments or {}) if answer.decision == "fill" else ""


def listed(people: Sequence[str], names: Mapping[str, str] | None = None) -> str:
    """The people in words: as Slack's mentions, or by their names. Of many, the first."""
    shown = [names.get(one, one) if names is not None else f"<@{one}>" for one in people[:MOST_LISTED]]
    shown += [f"{len(people) - MOST_LISTED} more"] if len(people) > MOST_LISTED else []
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
