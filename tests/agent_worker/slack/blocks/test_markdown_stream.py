"""Promises about text that is shown while it grows: no ping can be put together, code stays code, nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.slack.blocks.markdown_stream import LONGEST_TOKEN, forced_cut, paragraph_cut, showable
from agent_worker.slack.blocks.mentions import neutralise

PING = re.compile(r"<!(?:here|channel|everyone|subteam)|<@U2|(?<![\w/])@(?:here|channel|everyone)\b")
PINGS = ["<!channel>", "<!here|now>", "<@U2>", "<@U2|ben>", "@here", "@channel", "<!subteam^S1>"]
OTHERS = ["<", ">", "a < b", "word", " ", "\n", "你好", "`x`", "\n\n", "|", "@", "!", "name@here.org"]
WORDS = st.sampled_from([*PINGS, *OTHERS])


@given(st.lists(WORDS, max_size=25).map("".join), st.data())
def test_however_a_text_grows_what_is_shown_of_it_pings_nobody(text: str, data: st.DataObject) -> None:
    shown, written = "", 0
    for length in sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8))):
        end = showable(text[:length])
        if end > written:
            shown, written = shown + neutralise(text[written:end], ()), end
    shown += neutralise(text[written:], ())

    assert not PING.search(shown)
    assert len(shown) >= len(re.sub(r"<[^<>]*>", "", text)) - text.count("<") * 20


@given(st.text(max_size=400))
def test_what_is_shown_never_shrinks_and_is_never_far_behind(text: str) -> None:
    ends = [showable(text[:length]) for length in range(0, len(text) + 1, 7)]

    assert all(end <= length for end, length in zip(ends, range(0, len(text) + 1, 7), strict=True))
    assert len(text) - showable(text) <= 2 * LONGEST_TOKEN


def test_a_word_is_shown_when_it_is_complete() -> None:
    assert showable("An old silent po") == len("An old silent ")
    assert showable("An old silent pond\n") == len("An old silent pond\n")


def test_what_may_become_a_mention_is_held_back_until_it_is_none() -> None:
    assert showable("ask <@U2") == len("ask ")
    assert showable("ask <@U2|the name of ben") == len("ask ")
    assert showable("ask <@U2|ben> now ") == len("ask <@U2|ben> now ")
    assert showable("1 < 2 " + "and so on " * 40) > 300


def test_a_message_ends_between_paragraphs() -> None:
    text = "one\n\ntwo\n\nthree and more"

    cut = paragraph_cut(text, 0, len(text))

    assert cut is not None
    assert text[: cut.at] == "one\n\ntwo\n\n"
    assert paragraph_cut("one two three", 0, 13) is None


def test_a_message_does_not_end_inside_code() -> None:
    text = "one\n\n```python\na = 1\n\nb = 2\n```\n\nmore"

    cut = paragraph_cut(text, 0, text.index("b = 2"))

    assert cut is not None
    assert text[: cut.at] == "one\n\n"


@pytest.mark.parametrize("mark", ["```", "~~~~"])
def test_code_that_has_to_be_cut_is_closed_and_goes_on_as_code(mark: str) -> None:
    text = f"{mark}python\n" + "a = 1\n" * 20

    cut = forced_cut(text, 0, 60)

    assert text[: cut.at].endswith("\n")
    assert (cut.closing, cut.opening) == (f"\n{mark}", f"{mark}python\n")


def test_prose_that_has_to_be_cut_is_cut_at_a_word_and_if_there_is_none_anywhere() -> None:
    assert forced_cut("one two three", 0, 9).at == len("one two ")
    assert forced_cut("x" * 50, 10, 30).at == 30
