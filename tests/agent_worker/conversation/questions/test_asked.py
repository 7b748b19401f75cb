"""Promises of the questions that are open: a new run can carry them."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.questions.asked import MOST_BYTES, MOST_OPEN, AskedQuestions
from agent_worker.conversation.questions.question import Question, of_calls
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.questions import Approval
from agent_worker.payloads.thread import Answered


def question(at: int, args: dict[str, Any], schema: dict[str, Any]) -> Question:
    approval = Approval(does="File", verb="File", parameters=schema)
    turn = Answered(key=f"{at}.0", answers=[], may_mention=[], audience=None)
    call = ToolCall(name="file", args=args, title="", approval=approval)
    return of_calls([call], identity=f"{at}.0", turn=turn, askers=[], agent=("", ""), now=1.0)


@pytest.mark.parametrize(
    ("args", "schema", "most"),
    [
        ({"title": "A"}, {}, MOST_OPEN),
        ({"title": "x" * (MOST_BYTES // 4)}, {}, 4),
        ({}, {"description": "d" * (MOST_BYTES // 4)}, 4),
    ],
)
def test_no_more_is_asked_than_a_new_run_can_carry(args: dict[str, Any], schema: dict[str, Any], most: int) -> None:
    asked = AskedQuestions()
    while not asked.is_full:
        asked.add(question(len(asked.asked), args, schema))

    assert len(asked.asked) == most
