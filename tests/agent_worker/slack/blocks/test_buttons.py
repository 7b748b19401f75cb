"""Promises of the buttons and the footer: they say who wrote the answer, and which turn each button belongs to."""

from __future__ import annotations

import json

from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.slack.blocks import buttons
from emulators.slack.rules.blocks import block_problems

TURN = "1700000000.000100:again1"


def test_slack_takes_all_of_them() -> None:
    assert block_problems(buttons.below_answer(TURN, offers_again=True)) == []
    assert block_problems([buttons.try_again_button(TURN), buttons.stop_button(TURN)]) == []


def test_an_answer_can_be_judged_and_says_that_an_ai_wrote_it() -> None:
    feedback, footer = buttons.below_answer(TURN, offers_again=False)

    (pair,) = feedback["elements"]
    values = [pair[name]["value"] for name in ("positive_button", "negative_button")]
    assert (pair["action_id"], values) == (FEEDBACK_BUTTONS, [f"good:{TURN}", f"bad:{TURN}"])
    assert "AI" in json.dumps(footer)


def test_what_can_be_tried_again_has_a_button_for_it() -> None:
    _, again, _ = buttons.below_answer(TURN, offers_again=True)

    assert again == buttons.try_again_button(TURN)
    (button,) = again["elements"]
    assert (button["action_id"], button["value"]) == (TRY_AGAIN_BUTTON, TURN)


def test_a_screen_reader_tells_the_feedback_buttons_apart() -> None:
    feedback, _ = buttons.below_answer(TURN, offers_again=False)

    (pair,) = feedback["elements"]
    labels = {pair[name]["accessibility_label"] for name in ("positive_button", "negative_button")}
    assert len(labels) == 2
