"""Promises of the comparison of JSON: it tells apart what only looks alike, at any depth."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from text.same_json import is_same

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *((1, True), (0, False), ("1", 1), ("", None), ([], {}), (None, False), ("IT", "it")),
        *(([1, 2], [2, 1]), ([1], [1, 1]), ([[1]], [[True]]), ({"a": 1}, {"a": True}), ({"a": 1}, {"a": 1, "b": 1})),
        (float("nan"), float("nan")),
    ],
    ids=str,
)
def test_values_that_only_look_alike_are_not_the_same(one: Any, other: Any) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)


def test_a_number_is_the_same_however_it_is_written() -> None:
    assert is_same(json.loads("1.0"), json.loads("1"))
    assert not is_same(10**30, 10**30 + 1)


def test_values_of_any_depth_are_compared() -> None:
    def deep(inner: Any) -> Any:
        for _ in range(10_000):
            inner = [inner]
        return inner

    assert is_same(deep(1), deep(1))
    assert not is_same(deep(1), deep(2))


def canonical(value: Any) -> Any:
    """A value that is equal only to that of the same JSON: every part says what it is."""
    if isinstance(value, dict):
        return ("object", frozenset((name, canonical(part)) for name, part in value.items()))
    if isinstance(value, list):
        return ("array", tuple(map(canonical, value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ("number", value)
    return (type(value).__name__, value)


@settings(max_examples=examples(500), deadline=None)
@given(one=values, other=values)
def test_two_values_are_the_same_if_and_only_if_their_json_is(one: Any, other: Any) -> None:
    assert is_same(one, other) == (canonical(one) == canonical(other))
    assert is_same(one, json.loads(json.dumps(one)))
