"""The grant that a person gives with the answer to a question. Pure."""

from __future__ import annotations

from agent_worker.contract.grants import Grant
from agent_worker.contract.messages import Thread
from agent_worker.contract.questions import Answer, GrantWish
from agent_worker.conversation.questions.question import Item, Question
from agent_worker.conversation.questions.secrecy import without_secrets

DAY = 24 * 60 * 60  # seconds
HIDDEN = "••••"  # in the place of what looks like a secret
LONGEST_SHOWN = 40  # characters of a value in the title


def grant_of(question: Question, answer: Answer, wish: GrantWish, thread: Thread, now: float) -> Grant:
    """The grant; its id is that of the call it was given with, so it is kept once."""
    item = question.items[answer.item or 0]
    pattern = {name: item.arguments[name] for name in wish.fixed}
    return Grant(
        id=f"{thread.channel}:{question.id}#{answer.item or 0}",
        agent=question.agent,
        tool=item.call.name,
        title=_title(item, pattern),
        pattern=pattern,
        channel=thread.channel,
        thread_ts=thread.thread_ts if wish.scope == "thread" else "",
        by=answer.user,
        at=now,
        until=None if wish.days is None else now + wish.days * DAY,
        schema_digest=item.approval.digest,
        question=question.id,
    )


def _title(item: Item, pattern: dict[str, object]) -> str:
    shown = without_secrets(pattern, lambda _: HIDDEN)
    fixed = ", ".join(f"{name.replace('_', ' ')}: {str(value)[:LONGEST_SHOWN]}" for name, value in shown.items())
    return f"{item.approval.verb} ({fixed})" if fixed else item.approval.verb


def place_of(wish: GrantWish) -> str:
    """In words for the card."""
    where = "in this thread" if wish.scope == "thread" else "in this channel"
    return where if wish.days is None else f"{where} for {wish.days} days"
