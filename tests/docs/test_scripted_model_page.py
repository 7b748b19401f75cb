"""The answers that docs/scripted-model.md shows are good as they stand, and do what the page says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.own_answers.answers_file import AnswersFile
from tests.support.playground.scripted_talk import Talk

PAGE = Path(__file__).parents[2] / "docs" / "scripted-model.md"
TICKETS = {"file_ticket": ["title", "description", "queue", "priority"]}


@pytest.fixture
def model(tmp_path: Path) -> ScriptedModel:
    shown = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    written = tmp_path / "answers.yml"
    written.write_text(shown[1], encoding="utf-8")
    return ScriptedModel(own=AnswersFile(written))


def test_the_answers_on_the_page_are_said_and_called(model: ScriptedModel) -> None:
    response: Mapping[str, Any] = {"output": {"ticket": "OFFICE-7"}}
    talk = Talk(tools=TICKETS, model=model, respond=lambda *_: response)

    assert talk.say("please refund order A-17") == "Order A-17 will be refunded. The ticket is OFFICE-7."
    assert [(name, args["title"]) for name, args in talk.calls] == [("file_ticket", "Refund A-17")]
    response = {"outcome": "rejected", "note": "No."}
    assert talk.say("give the money back for A-18!") == "Nobody has allowed the refund of A-18."
    assert talk.say("where is order #19?") == "Order 19 is on its way."
    assert talk.try_again() == "Order 19 has left on Monday, and is on its way."
    assert talk.say("who are you?").startswith("I am the order desk.")
