"""Promises of the book of grants: it allows what was granted and nothing else, and what is revoked stays revoked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.grants import Grant, GrantList, Revocation
from agent_worker.grants import book
from agent_worker.grants.book import GrantBook
from tests.support.examples import examples
from tests.support.grants import NOW, call, grant, revocation
from text.same_json import is_same


@pytest.fixture
def grants() -> GrantBook:
    return GrantBook(GrantList())


def allowed(granted: Grant, **changes: Any) -> bool:
    """Whether the call is allowed when this is the only grant."""
    return GrantBook(GrantList(grants=[granted])).matching(call(**changes)) is not None


# What a grant allows


def test_a_grant_allows_its_tool_with_the_arguments_it_names_whatever_the_others_are(grants: GrantBook) -> None:
    assert grants.matching(call()) is None
    assert grants.add(grant(), NOW) == ""

    assert grants.matching(call()) == grant()
    assert grants.matching(call(arguments={"queue": "IT"})) == grant()


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": "other"},
        {"tool": "close_ticket"},
        {"channel": "C2"},
        {"schema_digest": "digest-2"},
        {"arguments": {"queue": "HR", "title": "Printer"}},
        {"arguments": {"title": "Printer"}},
        {"arguments": {}},
        {"arguments": {"queue": None}},
        {"arguments": {"queue": ["IT"]}},
    ],
    ids=str,
)
def test_a_call_that_differs_in_anything_that_was_granted_is_not_allowed(changes: dict[str, Any]) -> None:
    assert not allowed(grant(), **changes)


def test_a_grant_for_a_thread_allows_nothing_in_the_rest_of_the_channel() -> None:
    assert allowed(grant(thread_ts="1.000000"), thread_ts="1.000000")
    assert not allowed(grant(thread_ts="1.000000"), thread_ts="2.000000")
    assert not allowed(grant(thread_ts="1.000000"), thread_ts="")


def test_a_grant_without_a_pattern_allows_every_call_of_the_tool() -> None:
    assert allowed(grant(pattern={}), arguments={})


def test_an_argument_that_must_be_null_is_not_one_that_is_missing() -> None:
    assert allowed(grant(pattern={"queue": None}), arguments={"queue": None})
    assert not allowed(grant(pattern={"queue": None}), arguments={})


def test_a_grant_ends_at_its_moment() -> None:
    assert allowed(grant(until=NOW + 5), now=NOW + 4.9)
    assert not allowed(grant(until=NOW + 5), now=NOW + 5)


@pytest.mark.parametrize(("one", "other"), [(1, True), ("1", 1), ([[1]], [[True]]), ("IT", "it")], ids=str)
def test_a_value_that_only_looks_like_the_granted_one_is_not_allowed(one: Any, other: Any) -> None:
    assert not allowed(grant(pattern={"queue": one}), arguments={"queue": other})
    assert not allowed(grant(pattern={"queue": other}), arguments={"queue": one})


leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
arguments = st.dictionaries(st.text(max_size=3), values, max_size=4)


@settings(max_examples=examples(500), deadline=None)
@given(named=arguments, others=arguments)
def test_a_grant_allows_just_the_calls_that_have_what_it_names(named: dict[str, Any], others: dict[str, Any]) -> None:
    granted = grant(pattern=named)
    has_all = all(name in others and is_same(others[name], value) for name, value in named.items())

    assert allowed(granted, arguments=others | named)
    assert allowed(granted, arguments=others) == has_all


@settings(max_examples=examples(200), deadline=None)
@given(named=arguments, others=arguments)
def test_temporals_json_changes_nothing_of_what_a_grant_allows(named: dict[str, Any], others: dict[str, Any]) -> None:
    granted, converter = grant(pattern=named), DATA_CONVERTER.payload_converter
    (stored,) = converter.from_payloads(converter.to_payloads([granted]), [Grant])

    assert allowed(stored, arguments=others) == allowed(granted, arguments=others)
    assert allowed(stored, arguments=others | named)


# Adding and revoking


def test_a_grant_is_added_once_and_another_one_with_its_id_is_refused(grants: GrantBook) -> None:
    assert [grants.add(grant(), NOW), grants.add(grant(), NOW)] == ["", ""]

    assert grants.add(grant(pattern={}), NOW) == book.ANOTHER
    assert grants.listed.grants == [grant()]


def test_a_revoked_grant_allows_nothing_and_never_comes_back(grants: GrantBook) -> None:
    grants.add(grant(), NOW)

    assert [grants.revoke(revocation()), grants.revoke(revocation(by="U2"))] == ["", ""]

    assert grants.matching(call()) is None
    assert grants.add(grant(), NOW) == book.REVOKED
    assert GrantBook(grants.kept).add(grant(), NOW) == book.REVOKED
    assert grants.listed == GrantList(grants=[])


def test_a_revocation_that_comes_before_its_grant_counts(grants: GrantBook) -> None:
    grants.revoke(revocation())

    assert grants.add(grant(), NOW) == book.REVOKED
    assert grants.matching(call()) is None


def test_a_list_that_names_a_revoked_grant_does_not_bring_it_back() -> None:
    carried = GrantList(grants=[grant()], revoked={"grant-1": NOW})

    assert GrantBook(carried).matching(call()) is None


def test_a_revocation_of_nothing_is_refused(grants: GrantBook) -> None:
    assert grants.revoke(Revocation(id="", by="U1", at=NOW)) == book.UNNAMED
    assert grants.revoke(Revocation(id="x" * 201, by="U1", at=NOW)) == book.UNNAMED


@pytest.mark.parametrize("field", ["id", "agent", "tool", "channel", "by", "schema_digest"])
def test_a_grant_that_leaves_open_who_what_or_where_is_refused(grants: GrantBook, field: str) -> None:
    assert grants.add(grant(**{field: ""}), NOW) == book.INCOMPLETE
    assert grants.listed.grants == []


def test_a_grant_that_is_too_long_or_has_already_ended_is_refused(grants: GrantBook) -> None:
    assert grants.add(grant(pattern={"title": "é" * 1_200}), NOW) == book.TOO_LARGE
    assert grants.add(grant(id="x" * 201), NOW) == book.TOO_LARGE
    assert grants.add(grant(until=NOW), NOW) == book.ENDED
    assert grants.listed.grants == []


# Bounds


def test_a_full_book_refuses_with_a_sentence_and_forgets_nothing(grants: GrantBook) -> None:
    for number in range(book.MOST_GRANTS):
        assert grants.add(grant(number), NOW) == ""

    assert grants.add(grant("more"), NOW) == book.FULL
    assert grants.add(grant(0), NOW) == ""  # which it has
    assert len(grants.listed.grants) == book.MOST_GRANTS
    assert grants.matching(call()) == grant(0)


def test_a_full_book_makes_room_by_forgetting_the_grant_that_ended_first(grants: GrantBook) -> None:
    for number in range(book.MOST_GRANTS):
        grants.add(grant(number, until=NOW + 100 - number if number < 2 else None), NOW)

    assert grants.add(grant("more"), NOW + 100) == ""

    kept = [one.id for one in grants.listed.grants]
    assert len(kept) == book.MOST_GRANTS
    assert ("grant-0" in kept, "grant-1" in kept, "grant-more" in kept) == (True, False, True)


def test_the_revocations_that_are_remembered_are_bounded_and_the_newest_stay(grants: GrantBook) -> None:
    for number in range(book.MOST_REVOKED + 1):
        grants.revoke(revocation(number))

    assert len(grants.kept.revoked) == book.MOST_REVOKED
    assert grants.add(grant(1), NOW) == book.REVOKED
    assert grants.add(grant(0), NOW) == ""


async def test_the_largest_book_fits_into_what_temporal_carries_into_the_next_run(grants: GrantBook) -> None:
    filled = grant(0)
    while not GrantBook(GrantList()).refusal(longer := filled.model_copy(update={"title": filled.title + "x"}), NOW):
        filled = longer
    for number in range(book.MOST_REVOKED):
        grants.revoke(Revocation(id=f"{number:0200}", by="U1", at=NOW))
    for number in range(book.MOST_GRANTS):
        assert grants.add(filled.model_copy(update={"id": f"{number:07}"}), NOW) == ""

    (payload,) = await DATA_CONVERTER.encode([grants.kept])

    assert payload.ByteSize() < 1_900_000
