"""Large values are shortened, and what is left out is said in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.page.inside.bounds import LONGEST_TEXT, MARK, Shortener, without_bytes


def test_what_fits_is_shown_as_it_is() -> None:
    value = {"a": [1, None, True, "text", {"b": 1.5}], "inlineData": "no file"}
    shorten = Shortener(1_000)

    assert shorten.short(value) == value
    assert not shorten.left_out


@pytest.mark.parametrize(
    "value",
    [
        "x" * 100_000,
        ["x" * 100] * 10_000,
        {f"name {number}": number for number in range(100_000)},
        [[[number]] for number in range(100_000)],
        ["x" * 100_000] * 100,
        {"x" * 100_000: "x"},
    ],
    ids=["a text", "a list", "an object", "many small lists", "many long texts", "a long name"],
)
def test_what_does_not_fit_stays_within_its_bound(value: Any) -> None:
    shorten = Shortener(50_000)

    shown = shorten.short(value)

    assert len(json.dumps(shown)) < 200_000
    assert shorten.left_out or shown == value


def test_it_is_said_how_much_is_left_out() -> None:
    assert Shortener(100_000).short("x" * (LONGEST_TEXT + 1_234)).endswith(f"{MARK} 1,234 more characters are left out")
    assert Shortener(15).short([1, 2, 3, 4, 5, 6, 7]) == [1, 2, 3, 4, 5, f"{MARK} 2 more are left out"]


def test_of_a_conversation_the_newest_messages_are_kept() -> None:
    shorten = Shortener(250)

    assert shorten.newest([str(number) * 100 for number in range(6)]) == [
        f"{MARK} 3 older ones are left out",
        "3" * 46 + f"{MARK} 54 more characters are left out",
        "4" * 100,
        "5" * 100,
    ]
    assert shorten.left_out


def test_the_bytes_of_files_are_left_out() -> None:
    file = {"inlineData": {"mimeType": "image/png", "data": "AAAA" * 1_000}}
    content = {"role": "user", "parts": [{"text": "look"}, file]}

    assert without_bytes(content)["parts"] == [
        {"text": "look"},
        {"inlineData": {"mimeType": "image/png", "data": f"{MARK} 3,000 bytes of a file are left out"}},
    ]
