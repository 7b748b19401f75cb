"""Promises about presses on cards and forms of any shape: each is acknowledged, and only a person's press counts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from agent_worker.contract.questions import ALWAYS_BUTTON, APPROVE_BUTTON, EDIT_BUTTON, REJECT_BUTTON, WRITE_BUTTON
from slackbot.listeners import question_forms, questions
from slackbot.listeners.question_forms import FormError
from tests.support.properties.bot import thorough
from tests.support.properties.strategies import BOT

ODD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.sampled_from(["1.0|1|0", "1.0", "U1", "C1"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


def near(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with these fields, of which any may be something else."""
    return st.one_of(st.fixed_dictionaries({name: st.one_of(field, ODD) for name, field in fields.items()}), ODD)


PACKED = st.one_of(
    st.just('{"channel": "C1", "thread_ts": "1.0", "at": "2.0", "value": "1.0|1|0"}'),
    st.just(3_000).map(lambda deep: "[" * deep),
    st.sampled_from(["{", "[]", '{"channel": ["C1"]}', '{"value": "1.0|1|0"}']),
)
CHOSEN = near(value=st.sampled_from(["thread", "7", "title", "true"]))
FIELD = near(
    text=near(value=st.text(max_size=9), selected_option=CHOSEN, selected_options=st.lists(CHOSEN, max_size=2))
)
NAMES = st.sampled_from(["text", "scope", "fixed", "days", "json:a", "number:b", "whole_number:c", "yes_or_no:d", "x"])
VIEWS = near(
    private_metadata=PACKED,
    callback_id=st.sampled_from([EDIT_BUTTON, ALWAYS_BUTTON, REJECT_BUTTON, WRITE_BUTTON]),
    state=near(values=st.dictionaries(NAMES, FIELD, max_size=5)),
)
ALWAYS = {
    "private_metadata": '{"channel": "C1", "thread_ts": "1.0", "at": "2.0", "value": "1.0|1|0"}',
    "callback_id": ALWAYS_BUTTON,
}
USERS = near(id=st.just("U1"), team_id=st.just("T1"))
ACTIONS = st.lists(
    near(action_id=st.just(APPROVE_BUTTON), action_ts=st.just("2.0"), value=st.just("1.0|1|0"), selected_option=CHOSEN),
    max_size=2,
)
PRESSES = near(
    user=USERS,
    channel=near(id=st.just("C1")),
    actions=ACTIONS,
    message=near(bot_id=st.just(BOT.bot_id), thread_ts=st.just("1.0")),
    view=VIEWS,
)


@given(PRESSES)
@thorough
def test_a_press_of_any_shape_is_read_and_only_one_on_a_card_of_ours_by_a_person_counts(body: Any) -> None:
    if not isinstance(body, dict):
        return
    press = questions.read(body, BOT)

    if press is not None:
        assert body["message"]["bot_id"] == BOT.bot_id
        assert press.user.startswith(("U", "W"))
        questions._pressed(press)


@given(USERS, VIEWS)
@example({"id": "U1"}, {**ALWAYS, "state": {"values": {"scope": {"text": {"selected_option": {"value": []}}}}}})
@example({"id": "U1"}, {**ALWAYS, "state": {"values": {"fixed": {"text": {"selected_options": [{"value": {}}]}}}}})
@thorough
def test_a_form_of_any_shape_is_read_or_told_what_is_wrong(user: Any, view: Any) -> None:
    if not isinstance(view, dict):
        return
    press = questions._unpacked(view, {"user": user, "view": view}, BOT)
    if press is None:
        return
    with suppress(FormError):
        questions._submitted(press, view).model_dump_json()
    question_forms.refused(view, "Only <@U1> can decide this.")
    question_forms.refused(view, "This is decided already.")
