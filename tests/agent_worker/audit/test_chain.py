"""Promises of an export as a file: whatever is changed in it shows, and the first line that is wrong is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.audit import chain
from agent_worker.audit.chain import checked

OBJECTS: list[dict[str, Any]] = [
    {"id": "1"},
    {"id": "2", "arguments": {"hash": "x"}},
    {"id": "3"},
    {"summary": {"calls": 3}},
]


def exported() -> list[str]:
    return list(chain.chained(OBJECTS))


def written(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_each_line_has_the_hash_of_the_one_before_and_its_own() -> None:
    lines = exported()

    previous = ["0" * 64, *(hashlib.sha256(line.encode()).hexdigest() for line in lines)]
    assert [json.loads(line)["previous"] for line in lines] == previous[:-1]
    for line in lines:
        own = json.loads(line)["hash"]
        assert hashlib.sha256(line.replace(f',"hash":"{own}"', "").encode()).hexdigest() == own


def test_what_was_exported_is_whole_and_its_last_hash_is_told() -> None:
    lines = exported()

    assert checked(written(lines)) == chain.Checked(4, "", json.loads(lines[-1])["hash"])


def test_each_change_is_found_where_it_was_made() -> None:
    lines = exported()
    changed = [*lines[:1], lines[1].replace('"id":"2"', '"id":"4"'), *lines[2:]]
    made_anew = [*lines[:1], *list(chain.chained([{"id": "4"}]))[:1], *lines[2:]]

    assert checked(written(changed)) == chain.Checked(2, chain.CHANGED)
    assert checked(written(made_anew)) == chain.Checked(2, chain.NOT_NEXT)
    assert checked(written([*lines[:1], *lines[2:]])) == chain.Checked(2, chain.NOT_NEXT)
    assert checked(written([lines[1], lines[0], *lines[2:]])) == chain.Checked(1, chain.NOT_NEXT)
    assert checked(written([*lines[:2], lines[1], *lines[2:]])) == chain.Checked(3, chain.NOT_NEXT)
    assert checked(written(lines[:3])).broken == chain.CUT_OFF
    assert checked(written([*lines, lines[3]])) == chain.Checked(4, chain.AFTER_THE_END)


@pytest.mark.parametrize("text", ["", "\n", "[]\n", "{}\n", "hello\n", "[" * 100_000])
def test_what_is_no_export_is_told(text: str) -> None:
    assert checked(text) == chain.Checked(1, chain.NO_LINE)


@given(st.integers(min_value=0), st.characters(codec="utf-8"))
def test_no_single_character_can_be_changed(at: int, put: str) -> None:
    text = written(exported())
    at %= len(text) - 1  # the line feed at the end is no part of the chain
    broken = text[:at] + put + text[at + 1 :]

    assert bool(checked(broken).broken) is (broken != text)
