"""Promises of reading from a thread with whom people talk at its end."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.messages import SaidToOthers
from agent_worker.slack.thread.exchanges import said_to_others

OWN: dict[str, Any] = {"ts": "1.1", "text": "Which one?", "bot_id": "B1"}
TO_BEN: dict[str, Any] = {"ts": "1.2", "text": "<@U2> which one?", "user": "U1"}
FROM_APP: dict[str, Any] = {"ts": "1.3", "text": "Which priority?", "bot_id": "B2"}
FROM_ANNA: dict[str, Any] = {"ts": "1.4", "text": "high", "user": "U1"}
TO_AGENT: dict[str, Any] = {"ts": "1.5", "text": "<@UBOT> and you?", "user": "U1"}


def found(*messages: dict[str, Any]) -> list[SaidToOthers]:
    return said_to_others(messages, lambda message: message.get("bot_id") == "B1", "UBOT")


def test_what_was_said_to_others_after_the_agents_last_words_is_found() -> None:
    assert found(OWN, TO_BEN, FROM_APP, FROM_ANNA) == [SaidToOthers(ts="1.2"), SaidToOthers(ts="1.3", by_app=True)]


def test_the_agents_words_and_words_to_the_agent_end_what_was_said_to_others() -> None:
    assert found(TO_BEN, FROM_APP, TO_AGENT) == []
    assert found(TO_BEN, FROM_APP, OWN, FROM_ANNA) == []


def test_an_app_that_asks_nothing_is_passed_over() -> None:
    assert found(FROM_APP | {"text": "Done."}, FROM_ANNA) == []
