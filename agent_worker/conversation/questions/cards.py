"""A question as its card shows it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent_worker.conversation.questions import inputs
from agent_worker.conversation.questions.question import Item, Question
from agent_worker.conversation.questions.secrecy import digest, without_secrets
from agent_worker.payloads.questions import CardForm, CardItem, QuestionCard
from text.exception_names import without_exception_names
from text.lines import cut, one_line

MOST_ARGUMENTS = 20
LONGEST_VALUE = 1_000  # characters of one argument on a card
LONGEST_RETURNED = 150  # characters
ELLIPSIS = "…"
DIGEST_SHOWN = 16  # characters


def card(question: Question) -> QuestionCard:
    choice = question.choice
    return QuestionCard(
        question=question.id,
        version=question.version,
        kind=question.kind,
        items=[
            _item(item, is_choice=choice is not None).model_copy(
                update={"may_be_granted": question.may_be_granted, "form": _form(question, at)}
            )
            for at, item in enumerate(question.items)
        ],
        people=question.people,
        needed=question.approvers.needed,
        expires_at=question.expires_at,
        options=choice.options if choice else [],
    )


def _item(item: Item, *, is_choice: bool) -> CardItem:
    ending = "running" if item.is_running else "" if item.result is None else "done"
    if item.outcome == "approved" and item.result is not None and "error" in item.result:
        ending = "failed"
    answered = (item.result or {}).get("output", {}) if is_choice else {}
    return CardItem(
        does=item.call.choice.asks if item.call.choice else _does(item),
        verb="" if is_choice else item.approval.verb,
        arguments=[] if is_choice else _arguments(without_secrets(item.arguments, _hidden)),
        outcome=item.outcome,
        approved_by=item.approved_by,
        by=item.by,
        at=item.at,
        reason=str(answered.get("answer", "")) if is_choice and item.outcome == "approved" else item.reason,
        granted=item.granted,
        is_edited=item.edited is not None,
        may_be_edited=not is_choice and bool(item.approval.parameters),
        returned=_returned(item) if ending in {"done", "failed"} and not is_choice else "",
        sources=item.sources,
        ending=ending if item.outcome == "approved" and not is_choice else "",
    )


def _form(question: Question, at: int) -> CardForm | None:
    item = question.items[at]
    return inputs.card_form(item.asks, question.people_for(at), item.answered) if item.asks is not None else None


def _does(item: Item) -> str:
    """The sentence was made from the model's arguments: with others it may not be true, so the verb stands alone."""
    return item.approval.does if item.edited is None else item.approval.verb


def _returned(item: Item) -> str:
    """What came of the call, or what the tool has said, on one line."""
    result = item.result or {}
    if item.shown:
        return item.shown
    said = without_secrets(result.get("error", result.get("output", "")), _hidden)
    told = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return one_line(without_exception_names(told), LONGEST_RETURNED)


def _arguments(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    shown = [(name, _value(value)) for name, value in arguments.items()]
    left = len(shown) - MOST_ARGUMENTS
    return shown if left <= 0 else [*shown[:MOST_ARGUMENTS], (ELLIPSIS, f"and {left} more")]


def _hidden(secret: Any) -> str:
    return f"•••• (not shown, SHA-256 {digest(secret)[:DIGEST_SHOWN]}{ELLIPSIS})"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else cut(text, LONGEST_VALUE) + f"{ELLIPSIS} ({len(text)} characters)"
