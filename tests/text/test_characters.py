"""Promises about characters that nobody sees: none of them steers a terminal or hides in a name."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from text import lines
from text.characters import for_terminal, without_hidden

DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"


@given(text=st.text())
def test_a_terminal_gets_no_control_but_line_breaks_and_tabs(text: str) -> None:
    shown = for_terminal(text)

    assert all(unicodedata.category(sign) != "Cc" or sign in "\n\t" for sign in shown)
    assert not set(shown) & set(DIRECTION)
    assert for_terminal(shown) == shown


def test_escape_sequences_lose_what_makes_them_work() -> None:
    assert (
        for_terminal("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J\r\nnext\tend") == "[31mred[0m ]0;title 2J\nnext\tend"
    )


def test_letters_of_all_scripts_and_emoji_stay() -> None:
    text = "día 日本 עברית فارسی 👩🏽 ﬁ"

    assert for_terminal(text) == without_hidden(text) == text


def test_a_name_has_one_line_and_nothing_hidden() -> None:
    assert lines.name("Bo\u200bss\n(ad\u202emin)\x1b[2J\U000e0041", 50) == "Boss (admin)[2J"
    assert lines.name("x" * 100, 10) == "xxxxxxxxx…"
    assert lines.name("\u200b\u2060", 10) == ""
