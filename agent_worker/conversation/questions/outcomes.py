"""What the model hears of a call that people were asked about. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agent_worker.conversation.questions.question import Item, Question
from agent_worker.conversation.transcript.transcript import OUTCOME, WAITING_FOR
from agent_worker.conversation.wording import model_form

WAITING = (
    "People have been asked, and nothing has been carried out yet. You will hear what they decide: do not ask again."
)
NOT_CARRIED_OUT = {
    "rejected": "A person has decided against it. It was not carried out: do not try it again in another way.",
    "expired": "Nobody has decided in time. It was not carried out. That is not a refusal: it can be asked again.",
    "cancelled": "It was called off before anybody had decided. It was not carried out.",
}
CHANGED_MEANWHILE = "what people have said has changed meanwhile: look at it again before you ask again"

WAITING_FOR_INPUT = (
    "The server asks people something before it goes on with this call, and they have been asked. You will hear what "
    "came of it: do not call it again."
)
NOT_ANSWERED = {
    "rejected": "The server has asked people something before it went on, and a person has declined to answer. Do not "
    "try it again in another way.",
    "expired": "The server has asked people something before it went on, and nobody has answered in time.",
    "cancelled": "The server has asked people something before it went on. It was called off before anybody answered.",
}

NEWS = "It is known now what people have decided about these calls of yours: their results say so. Go on from there."
NEWS_ALONE = (
    "It is known now what people have decided about earlier calls of yours, and what came of it. Go on from there."
)
TOO_MANY_OPEN = {"error": "Too many questions to people are open in this conversation, so nobody was asked about this."}


def mark(question: Question, item: int) -> str:
    return f"{question.id}#{item}"


def news(titles: Iterable[str]) -> str:
    """The remark that begins a turn with what was decided about the calls with these titles."""
    return model_form.line(note=NEWS, calls=list(titles))


def news_alone(results: Mapping[str, Any]) -> str:
    """The same where the model does not see the calls themselves any more: their results, by title."""
    return model_form.line(note=NEWS_ALONE, results=results)


def by_title(question: Question) -> dict[str, Any]:
    """What became of each call."""
    titles = [item.call.title or item.call.name for item in question.items]
    if len(set(titles)) < len(titles):
        titles = [f"{at}. {title}" for at, title in enumerate(titles, 1)]
    return {title: item.result or {} for title, item in zip(titles, question.items, strict=True)}


def waiting(question: Question, item: int) -> dict[str, Any]:
    """The result of a call for as long as nobody has decided."""
    note = WAITING if question.items[item].asks is None else WAITING_FOR_INPUT
    return {OUTCOME: "waiting", "note": note, WAITING_FOR: mark(question, item)}


def not_carried_out(item: Item, names: Mapping[str, str]) -> dict[str, Any]:
    """The result of a call that was rejected, has expired or was cancelled."""
    notes = NOT_CARRIED_OUT if item.asks is None else NOT_ANSWERED
    told: dict[str, Any] = {OUTCOME: item.outcome, "note": notes[item.outcome]}
    if item.by:
        told["by"] = names.get(item.by, item.by)
    if item.reason:
        told["reason"] = item.reason
    return told


def granted(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a call that people have allowed once and for all."""
    return {OUTCOME: "approved", **result}


def carried_out(item: Item, result: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The result of a call that was approved and has run; with the arguments that took the place of the model's."""
    if item.is_unanswered:
        return {**not_carried_out(item, names), "then": result}
    outcome = "approved" if item.asks is None else "answered"
    told = {OUTCOME: outcome, "by": names.get(item.by, item.by), **result}
    return {**told, "edited": item.edited} if item.edited is not None else told
