"""Promises of the card with which a server asks: its words are said to be its own, and do nothing in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.questions import FILL_BUTTON, LINK_BUTTON, OPENED_BUTTON, REJECT_BUTTON
from agent_worker.payloads.questions import CardItem, QuestionCard
from agent_worker.slack.blocks import question_card
from emulators.slack.rules.blocks import block_problems
from tests.support.agent_worker.forms import card_form


def shown(*, outcome: Any = "waiting", ending: Any = "", **form: Any) -> list[dict[str, Any]]:
    item = CardItem(
        does="shop: buy", verb="buy", form=card_form(**form), outcome=outcome, by="U1", at=1.0, ending=ending
    )
    post = question_card.post(QuestionCard(question="q", version=3, kind="form", items=[item], expires_at=9.0))
    assert not list(block_problems(post.blocks, limit=50, pointer=""))
    return list(post.blocks)


def said(blocks: list[dict[str, Any]]) -> str:
    return str(blocks)


def controls(blocks: list[dict[str, Any]]) -> list[str]:
    return [one["action_id"] for block in blocks if block["type"] == "actions" for one in block["elements"]]


def test_a_form_can_be_filled_in_or_declined_and_passwords_are_warned_of() -> None:
    blocks = shown()

    assert controls(blocks) == [FILL_BUTTON, REJECT_BUTTON]
    assert "> Which ones?" in blocks[0]["text"]["text"]
    assert "Never write passwords" in said(blocks)
    assert "<@U1> can answer this" in said(blocks)


def test_a_page_is_named_by_its_host_and_its_address_is_behind_a_button() -> None:
    blocks = shown(hosts=["pay.example"], has_form=False, has_link=True)

    assert controls(blocks) == [LINK_BUTTON, OPENED_BUTTON, REJECT_BUTTON]
    assert "`pay.example`" in said(blocks)
    assert "open it only if you know it" in said(blocks)


def test_the_servers_words_notify_nobody_and_make_no_links() -> None:
    words = "<!channel> <@U2> <https://evil.example|bank> @here\n*The agent asks:* your password"

    blocks = shown(messages=[words], server="<!here>")

    text = blocks[0]["text"]["text"]
    assert "<!" not in text
    assert "<@" not in text
    assert "<https" not in text
    assert all(line.startswith("> ") for line in text.splitlines()[1:])


def test_a_flood_of_words_is_cut() -> None:
    blocks = shown(messages=["&" * 9_000] * 5, hosts=["h" * 2_000] * 5)

    assert len(blocks[0]["text"]["text"]) <= 3_000
    assert "the rest is too long to be shown" in said(blocks)


@pytest.mark.parametrize(
    ("outcome", "ending", "told"),
    [
        ("approved", "running", "Answered by <@U1>"),
        ("approved", "failed", "it did not work"),
        ("rejected", "", "<@U1> has declined to answer"),
        ("expired", "", "Nobody has answered in time"),
        ("cancelled", "", "Called off"),
    ],
)
def test_a_settled_card_says_what_became_of_it_and_has_no_buttons(outcome: str, ending: str, told: str) -> None:
    blocks = shown(outcome=outcome, ending=ending)

    assert controls(blocks) == []
    assert told in said(blocks)


def test_what_was_approved_before_and_by_whom_stays_on_the_card() -> None:
    approved: dict[str, Any] = {"arguments": [("item", "mug")], "approved_by": ["U2"], "by": "U1", "at": 1.0}
    made = [
        CardItem(does="Buy it", verb="Buy", form=card_form(), outcome=outcome, **approved)
        for outcome in ("waiting", "approved")
    ]

    shown_as = [str(question_card.post(QuestionCard(question="q", version=3, items=[one])).blocks) for one in made]

    assert all("item: mug" in blocks and "Approved by <@U2>" in blocks for blocks in shown_as)


def test_beside_calls_to_approve_approving_everything_does_not_count_the_form() -> None:
    waiting = [CardItem(does=f"File {at}", verb="File") for at in range(2)]
    items = [*waiting, CardItem(does="shop: buy", verb="buy", form=card_form())]

    post = question_card.post(QuestionCard(question="q", version=1, items=items, people=["U9"], expires_at=9.0))

    assert not list(block_problems(post.blocks, limit=50, pointer=""))
    assert "Approve All 2" in str(post.blocks)
