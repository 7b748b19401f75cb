"""Promises of captions: a title is data, whoever has given it."""

from __future__ import annotations

import html
import unicodedata

import pytest

from slackbot.listeners.conversation_captions import literal


@pytest.mark.parametrize(
    ("title", "begun"),
    [
        ("<!channel> <@U1> <https://evil.example|Open>", "<"),
        ("*bold* and **bold**", "*"),
        ("_aslant_ __too__", "_"),
        ("~gone~", "~"),
        ("`code` ```more```", "`"),
        (":tada: :+1::skin-tone-2: :e:mail:", ":tada:"),
        (":tada: :+1::skin-tone-2: :e:mail:", ":+1:"),
        (":tada: :+1::skin-tone-2: :e:mail:", ":e:"),
        ("@here @channel", "@h"),
        ("#general", "#g"),
        ("https://evil.example", "://"),
        ("see evil.example/path or a@evil.example", "evil.ex"),
    ],
)
def test_a_title_begins_nothing_in_slacks_markup(title: str, begun: str) -> None:
    assert begun not in literal(title)


@pytest.mark.parametrize("title", ["a haiku, please", "snake_case at 12:30", "Version 1.5: done", "R&D? 50 %"])
def test_a_plain_title_stays_as_it_is(title: str) -> None:
    assert html.unescape(literal(title)) == title


def test_what_people_see_is_as_long_as_the_title() -> None:
    title = "<b> *x* _y_ ~z~ `c` :tada: @here #a https://e.example"

    shown = [mark for mark in html.unescape(literal(title)) if unicodedata.category(mark) != "Cf"]

    assert len(shown) == len(title)
