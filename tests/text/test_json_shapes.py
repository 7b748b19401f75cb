"""Promises of reading JSON whose shape is not known: whatever is there, nothing raises and types are as promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from text.json_shapes import items, mapping, mappings, string

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(ANYTHING)
def test_whatever_comes_reads_as_what_was_wanted(value: Any) -> None:
    assert isinstance(mapping(value), Mapping)
    assert isinstance(items(value), list)
    assert all(isinstance(item, Mapping) for item in mappings(value))
    assert isinstance(string(value), str)


def test_what_has_the_right_shape_is_read_as_it_is() -> None:
    assert mapping({"a": 1}) == {"a": 1}
    assert items([1]) == [1]
    assert mappings([{"a": 1}, 2]) == [{"a": 1}]
    assert string("a") == "a"
