"""Promises of the buttons and the footer: they say who wrote the answer, and which turn each button belongs to."""

from __future__ import annotations

import json

from agent_worker.contract.messages import Thread
from agent_worker.contract.names import FEEDBACK_BUTTONS, TRY_AGAIN_BUTTON
from agent_worker.payloads.costs import Spent
from agent_worker.payloads.thread import Deliver
from agent_worker.slack.blocks import answer_layout, buttons
from agent_worker.slack.blocks.outlet import USUAL_OUTLET, Outlet
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


def test_the_footer_tells_what_the_turn_has_cost_where_the_outlet_lets_it() -> None:
    spent = [Spent(model="gemini-3.8-flash", given=900, answered=100, dollars=0.5)]
    thread = Thread(team="T1", channel="C1", thread_ts=TURN[:17])
    request = Deliver(
        thread=thread, turn=TURN, key=f"{TURN}:answer", text="yes", answers=[], may_mention=[], spent=spent
    )

    hidden, told = (
        answer_layout.blocks_below(outlet.delivery(request))[-1] for outlet in (USUAL_OUTLET, Outlet(shows_cost=True))
    )

    assert buttons.FOOTER in json.dumps(hidden)
    assert "$" not in json.dumps(hidden)
    assert f"{buttons.FOOTER} (1 request, 1,000 tokens, $0.50)" in json.dumps(told)
    assert block_problems([told]) == []
