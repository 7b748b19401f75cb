"""Promises of the record: it says what was decided, keeps no secret, and stays small enough to be carried on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.questions import Answer, GrantWish
from agent_worker.conversation.questions import cards, forms, granting, outcomes
from agent_worker.conversation.questions.decisions import KEPT, KEPT_BYTES, Decisions
from agent_worker.conversation.questions.question import Question, of_calls
from agent_worker.conversation.questions.secrecy import bounded, digest, looks_secret, without_secrets
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads.decisions import DayCount
from agent_worker.payloads.model import ToolCall
from agent_worker.payloads.questions import Approval, Approvers
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Answered, Author
from tests.support.agent_worker.talks import CHANNEL, begun

DAY = 86_400.0


def question(arguments: dict[str, Any], identity: str = "1.0", rule: Approvers | None = None) -> Question:
    approval = Approval(does="File it", verb="File", approvers=rule or Approvers())
    return of_calls(
        [ToolCall(name="file", args=arguments, approval=approval)],
        identity=identity,
        turn=Answered(key="1.0", answers=["1.0"], may_mention=[]),
        askers=[Author(id="U1")],
        agent=("helpdesk", "abc"),
        now=10.0,
    )


def answer(user: str, decision: Any = "approve", **more: Any) -> Answer:
    return Answer(id=f"{user}{decision}", question="1.0", version=1, user=user, at="11.0", decision=decision, **more)


def decided(asked: Question, result: dict[str, Any], decisions: Decisions) -> None:
    """It was approved at 11 and has run until 12."""
    asked.take(answer("U1"), 11.0)
    item = asked.items[0]
    item.result = outcomes.carried_out(item, result, {})
    decisions.note(asked, CHANNEL, 12.0)


def test_a_record_says_who_has_decided_what_when_and_what_came_of_it() -> None:
    decisions = Decisions()

    decided(question({"title": "A"}), {"output": {"ticket": 7}}, decisions)

    (record,) = decisions.records
    assert record.model_dump(exclude_defaults=True) == {
        "id": "1.0#0",
        "team": CHANNEL.team,
        "channel": CHANNEL.channel,
        "thread_ts": CHANNEL.thread_ts,
        "turn": "1.0",
        "kind": "approve",
        "agent": "helpdesk",
        "agent_version": "abc",
        "tool": "file",
        "arguments": {"title": "A"},
        "asked_by": ["U1"],
        "asked_at": 10.0,
        "approved_by": ["U1"],
        "decided_by": ["U1"],
        "decided_at": 11.0,
        "outcome": "approved",
        "result": {"output": {"ticket": 7}},
        "executed_at": 12.0,
    }


def test_everybody_who_has_approved_is_named_and_of_a_rejection_who_has_rejected() -> None:
    rule = Approvers(people=["U1", "U2"], needed=2)
    approved, rejected = question({}, "1.0", rule), question({}, "2.0", rule)
    for one in (answer("U1"), answer("U2")):
        approved.take(one, 11.0)
    for one in (answer("U1"), answer("U2", "reject", text="too dear")):
        rejected.take(one, 11.0)
    decisions = Decisions()
    for asked in (approved, rejected):
        asked.items[0].result = {"error": "no"}
        decisions.note(asked, CHANNEL, 12.0)

    first, second = decisions.records
    assert (first.decided_by, first.is_error, first.executed_at) == (["U1", "U2"], True, 12.0)
    assert (second.decided_by, second.approved_by, second.reason) == (["U2"], ["U1"], "too dear")
    assert (second.result, second.is_error, second.executed_at) == (None, False, None)


def test_what_is_not_known_yet_is_not_recorded_and_what_is_known_is_recorded_once() -> None:
    asked, decisions = question({}), Decisions()
    decisions.note(asked, CHANNEL, 10.0)
    assert decisions.records == []

    decided(asked, {"output": 1}, decisions)
    decisions.note(asked, CHANNEL, 13.0)

    assert len(decisions.records) == 1


def test_a_call_that_a_grant_allows_is_recorded_with_the_grant_and_nobody_has_decided_it() -> None:
    decisions = Decisions()

    would_ask = question({"title": "A"})
    decisions.note_granted(would_ask, {"output": 1}, grant="G1", identity="1.0:2#0", thread=CHANNEL, now=12.0)

    (record,) = decisions.records
    assert (record.id, record.grant, record.outcome, record.decided_by) == ("1.0:2#0", "G1", "approved", [])
    assert (record.decided_at, record.executed_at, record.result) == (10.0, 12.0, {"output": 1})


# Secrets


@pytest.mark.parametrize(
    "name",
    [
        *(
            "token",
            "api_key",
            "apiKey",
            "API_KEY",
            "password",
            "new_password",
            "Authorization",
            "clientSecret",
            "x-auth",
        ),
        *("accesstoken", "clientsecret", "dbpassword", "privatekey", "passWord", "jwt", "Set-Cookie"),
    ],
)
def test_a_name_like_this_is_that_of_a_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("title", "issue_key", "projectKey", "keyboard", "max_tokens", "monkey", "author", ""),
        *("pagetoken", "nextpagetoken", "maxtokens", "keyword", "spin", "secretary"),
    ],
)
def test_a_name_like_this_is_not(name: str) -> None:
    assert not looks_secret(name)


def test_a_secret_is_in_no_record_and_on_no_card_and_in_no_form_but_its_digest_tells_which_it_was() -> None:
    asked, decisions = question({"user": "anna", "login": {"password": "hunter2"}, "token": "hunter2"}), Decisions()

    fields, fixed = forms.fields(None, asked.items[0].arguments)
    shown = cards.card(asked)
    decided(asked, {"output": {"session_token": "hunter2", "ok": True}}, decisions)

    (record,) = decisions.records
    hidden = {"sha256": hashlib.sha256(b"hunter2").hexdigest()}
    assert record.arguments == {"user": "anna", "login": {"password": hidden}, "token": hidden}
    assert record.result == {"output": {"session_token": hidden, "ok": True}}
    assert "hunter2" not in f"{shown} {fields}"
    assert hidden["sha256"][:16] in str(shown.items[0].arguments)
    assert fixed == ["login", "token"]
    assert asked.items[0].arguments["token"] == "hunter2"  # the call itself runs with it


def test_what_a_grant_is_called_holds_no_secret() -> None:
    asked = question({"user": "anna", "password": "hunter2"})
    wish = GrantWish(scope="channel", fixed=["user", "password"])

    grant = granting.grant_of(asked, answer("U1", item=0), wish, CHANNEL, 11.0)

    assert grant.title == "File (user: anna, password: ••••)"


def test_nothing_and_yes_and_no_are_no_secrets() -> None:
    assert without_secrets({"password": None, "token": "", "secret": True}) == {
        "password": None,
        "token": "",
        "secret": True,
    }


# Sizes


def test_what_is_too_long_is_cut_with_its_length_and_its_digest() -> None:
    short = bounded({"title": "A", "body": "x" * 100_000}, 4_000)

    assert short["title"] == "A"
    assert short["body"] == {"begins": "x" * 200, "bytes": 100_002, "sha256": digest("x" * 100_000)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3_000),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=50), inner, max_size=60),
    max_leaves=60,
)


@given(json_values)
def test_however_large_a_value_is_little_of_it_is_kept(value: Any) -> None:
    kept = bounded(value, 2_000)

    assert size_of(kept) <= 2_000
    assert kept == value or size_of(value) > 2_000


def test_the_newest_records_are_kept_within_bounds_and_those_that_gave_way_are_counted() -> None:
    decisions = Decisions()
    large = {f"argument {number}": "語" * 300 for number in range(4)}
    for number in range(KEPT + 50):
        decided(question(large, f"{number}.0"), {"output": "x" * 1_900}, decisions)

    kept = decisions.log
    size = len(kept.model_dump_json().encode())
    assert kept.records[-1].id == f"{KEPT + 49}.0#0"
    assert len(kept.records) + kept.dropped == KEPT + 50
    assert KEPT_BYTES / 2 < size <= KEPT_BYTES + 1_000
    assert len(kept.records) <= KEPT


def test_small_records_are_kept_by_their_number() -> None:
    decisions = Decisions()
    for number in range(KEPT + 5):
        decided(question({}, f"{number}.0"), {"output": 1}, decisions)

    assert (len(decisions.records), decisions.dropped) == (KEPT, 5)


async def test_the_record_is_carried_into_the_next_run_and_an_older_run_has_none() -> None:
    conversation = begun()
    decided(question({"title": "A"}), {"output": 1}, conversation.decisions)
    conversation.decisions.note_turn(10.0)
    run = Run(thread=conversation.thread, carried=conversation)

    (payload,) = await DATA_CONVERTER.encode([run])
    (read,) = await DATA_CONVERTER.decode([payload], [Run])
    older = json.loads(payload.data)
    del older["carried"]["decisions"]
    (from_older,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([older]), [Run])

    assert read.carried.decisions == conversation.decisions
    assert from_older.carried.decisions == Decisions()


# Counts


def test_turns_and_questions_are_counted_by_day() -> None:
    decisions = Decisions()

    decisions.note_turn(0.0)
    decisions.note_turn(1.0)
    decisions.note_question(2.0)
    decisions.note_turn(DAY)

    assert decisions.days == {"1970-01-01": DayCount(turns=2, questions=1), "1970-01-02": DayCount(turns=1)}


def test_days_long_past_are_forgotten() -> None:
    decisions = Decisions()
    for day in range(500):
        decisions.note_turn(day * DAY)

    assert len(decisions.days) == 400
    assert "1970-01-01" not in decisions.days
