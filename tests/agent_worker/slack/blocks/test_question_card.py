"""Promises of the card that asks people: Slack takes it however much it holds, and a person sees what is decided."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.questions import APPROVE_BUTTON, FILL_BUTTON, unpack
from agent_worker.payloads.questions import CardForm, CardItem, QuestionCard
from agent_worker.payloads.thread import Source
from agent_worker.slack.blocks import question_card
from agent_worker.slack.blocks.outlet import USUAL_OUTLET
from emulators.slack.rules.blocks import block_problems, text_length
from emulators.slack.rules.messages import MAX_BLOCK_TEXT
from process.block_kit import Block

HOSTILE = st.one_of(
    st.text(max_size=400),
    st.sampled_from(["<!channel>", "&" * 1_000, "x" * 10_000, "a\nb\n" * 400, "\u202egnp.exe", "<@U1>|:", ""]),
)
USERS = st.from_regex(r"U[A-Z0-9]{1,20}", fullmatch=True)
PEOPLE = st.one_of(st.lists(USERS, max_size=3), st.just([f"U{at:011}" for at in range(500)]))
FORMS = st.builds(
    CardForm,
    server=st.sampled_from(["shop", "s" * 50]),
    messages=st.sampled_from([["Which?"], ["&" * 2_000] * 5, ["a\nb\n" * 400], ["<!channel>"]]),
    hosts=st.lists(st.sampled_from(["pay.example", "h" * 250]), max_size=5),
    has_form=st.booleans(),
    has_link=st.booleans(),
    people=st.sampled_from([["U1"], [f"U{at:011}" for at in range(500)]]),
)
ITEMS = st.builds(
    CardItem,
    does=HOSTILE,
    verb=HOSTILE.map(lambda verb: verb.strip() or "Go Ahead"),
    arguments=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=21),
    outcome=st.sampled_from(["waiting", "approved", "rejected", "expired", "cancelled"]),
    approved_by=PEOPLE,
    by=st.one_of(st.just(""), USERS),
    reason=HOSTILE,
    is_edited=st.booleans(),
    may_be_edited=st.booleans(),
    may_be_granted=st.booleans(),
    granted=st.sampled_from(["", "in this channel for 30 days"]),
    ending=st.sampled_from(["", "running", "done", "failed"]),
    returned=st.text(max_size=150),
    sources=st.lists(
        st.builds(Source, text=HOSTILE, url=st.sampled_from(["https://x.org/" + "a" * 1_900, "https://x.org/<!here>"])),
        max_size=5,
    ),
)

FORM = CardForm(server="books", messages=["Which one?"], has_form=True, has_link=True, people=["U1"])


def blocks(*items: CardItem, **more: Any) -> list[Block]:
    card = QuestionCard(question="1.0", version=1, items=list(items), **{"people": ["U1"]} | more)
    return question_card.post(USUAL_OUTLET.card(card)).blocks


def an_item(**more: Any) -> CardItem:
    return CardItem(**{"does": "File it", "verb": "File"} | more)


def text(shown: list[Block]) -> str:
    return json.dumps(shown, ensure_ascii=False)


@given(st.lists(ITEMS, min_size=1, max_size=3), st.integers(1, 11), PEOPLE)
def test_slack_takes_a_card_of_up_to_32_calls_whatever_it_holds(
    items: list[CardItem], times: int, people: list[str]
) -> None:
    shown = blocks(*(items * times)[:32], people=people, needed=3)

    assert block_problems(shown) == []
    assert text_length(shown) <= MAX_BLOCK_TEXT


@given(st.lists(ITEMS, min_size=1, max_size=3), st.lists(st.none() | FORMS, min_size=1, max_size=3), st.integers(1, 11))
def test_slack_takes_a_card_on_which_servers_ask_whatever_it_holds(
    items: list[CardItem], forms: list[CardForm | None], times: int
) -> None:
    asking = [item.model_copy(update={"form": form}) for item in items for form in forms]

    shown = blocks(*(asking * times)[:32], needed=3)

    assert block_problems(shown) == []
    assert text_length(shown) <= MAX_BLOCK_TEXT


@pytest.mark.parametrize("number", [12, 13, 32])
def test_each_call_that_waits_can_be_decided_alone_sooner_or_later(number: int) -> None:
    items = [an_item() for _ in range(number)]
    decided: list[int] = []
    while len(decided) < number:
        buttons = [one for block in blocks(*items) for one in block.get("elements", ())]
        offered = [unpack(one["value"]) for one in buttons if one.get("action_id") == APPROVE_BUTTON]
        assert offered[0] is not None
        at = offered[0][2]
        assert at is not None
        items[at] = an_item(outcome="rejected", by="U1")
        decided.append(at)

    assert decided == list(range(number))


@pytest.mark.parametrize("number", [12, 13, 32])
def test_what_servers_ask_about_each_of_many_calls_can_be_answered_sooner_or_later(number: int) -> None:
    items = [an_item(form=FORM) for _ in range(number)]
    answered: list[int] = []
    while len(answered) < number:
        shown = blocks(*items)
        assert block_problems(shown) == []
        buttons = [one for block in shown for one in block.get("elements", ()) if one.get("action_id") == FILL_BUTTON]
        at = (unpack(buttons[0]["value"]) or ("", 0, None))[2]
        assert at is not None
        items[at] = an_item(form=FORM, outcome="approved", by="U1")
        answered.append(at)

    assert answered == list(range(number))


def test_of_many_calls_each_says_what_it_does_however_long_that_is() -> None:
    shown = blocks(*(an_item(does=f"Delete {at} " + "x" * 400) for at in range(32)))

    assert all(f"*Delete {at} x" in text(shown) for at in range(32))


def test_a_value_of_several_lines_does_not_read_as_another_argument() -> None:
    shown = blocks(an_item(arguments=[("title", "A\namount: 5\u2028to: anna\rfrom: ben"), ("amount", "5000")]))

    lines = shown[0]["text"]["text"].splitlines()
    assert [line for line in lines if not line.startswith("> ")] == ["*File it?*", "title: ", "amount: 5000"]


def test_no_sign_of_direction_makes_a_value_read_as_another_one() -> None:
    shown = blocks(an_item(does="Send \u202ea", arguments=[("\u2066to", "\u202exyz\u202c"), ("b", "c")]))

    assert not set(text(shown)) & set("\u202e\u202c\u2066")


@pytest.mark.parametrize("url", ["https://x.org/><!channel>|y", "https://x.org/?a=<@U2>&b=|c"])
def test_the_address_of_a_result_ends_no_link_and_notifies_nobody(url: str) -> None:
    shown = blocks(an_item(outcome="approved", by="U1", ending="done", sources=[Source(text="page", url=url)]))

    assert "<!channel" not in text(shown)
    assert "<@U2" not in text(shown)
    assert "|page>" in text(shown)


def test_of_a_large_group_the_card_names_a_few() -> None:
    shown = blocks(an_item(), people=[f"U{at:011}" for at in range(500)])

    assert "490 more can decide this" in text(shown)


def test_the_words_of_a_reply_are_not_repeated_on_the_card_of_what_it_has_answered() -> None:
    shown = blocks(an_item(outcome="approved", by="U1"), kind="choose")

    assert "<@U1> has answered in the thread." in text(shown)


@pytest.mark.parametrize(
    ("items", "emphasised"),
    [
        ([an_item()], [("File", "primary")]),
        ([an_item(verb="Delete Ticket")], [("Delete Ticket", "danger")]),
        ([an_item(), an_item()], [("Approve All 2", "primary")]),
        ([an_item(), an_item(verb="Delete Ticket")], [("Approve All 2", "danger")]),
        ([an_item(), an_item(outcome="approved", by="U1")], [("File", "primary")]),
        ([an_item(form=FORM)], [("Fill In", "primary")]),
        ([an_item(form=FORM), an_item()], []),
        ([an_item(outcome="rejected", by="U1")], []),
    ],
)
def test_at_most_one_button_is_emphasised(items: list[CardItem], emphasised: list[tuple[str, str]]) -> None:
    elements = [one for block in blocks(*items) if block["type"] == "actions" for one in block["elements"]]

    assert [(one["text"]["text"], one["style"]) for one in elements if "style" in one] == emphasised
