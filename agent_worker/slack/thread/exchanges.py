"""With whom people talk at the end of a thread: with the agent, or with somebody else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent_worker.contract.messages import SaidToOthers
from agent_worker.conversation.wording import slack_markup
from text.questions import message_asks

Json = Mapping[str, Any]


def said_to_others(messages: Sequence[Json], is_own: Callable[[Json], bool], bot_user_id: str) -> list[SaidToOthers]:
    """The newest message to somebody else and the newest question of an app, if they came after the agent's last turn.

    `messages` are those of the thread, oldest first.
    """
    found: dict[bool, SaidToOthers] = {}
    for message in messages:
        mentioned = slack_markup.user_mentions(str(message.get("text") or ""))
        by_app = bool(message.get("bot_id"))
        if is_own(message) or bot_user_id in mentioned:
            found = {}
        elif message_asks(message) if by_app else mentioned:
            found[by_app] = SaidToOthers(ts=str(message["ts"]), by_app=by_app)
    return list(found.values())
