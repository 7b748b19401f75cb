"""Promises of posts: an answer is shown whole, within Slack's limits, with a notification that can be read.

What any text of a model may do to them is proved in tests/properties/test_answers.py.
"""

from __future__ import annotations

import re

import pytest

from agent_worker.slack.blocks.posts import Post, answer, notice, plain

ALLOWED = {"U1"}


def markdown_of(posts: list[Post]) -> list[str]:
    return [post.blocks[0]["text"] for post in posts]


def test_a_short_answer_is_one_markdown_block_with_a_plain_notification() -> None:
    markdown = "## Alerts\n\n**Two** in [New York](https://example.com), <@U1>:\n\n```\na < b\n```\n| a |\n|---|\n| 1 |"

    assert answer(markdown, ALLOWED) == [
        Post(
            text="Alerts\n\nTwo in New York, <@U1>:\n\na &lt; b\n| a |\n| 1 |",
            blocks=[{"type": "markdown", "text": markdown}],
        )
    ]


def test_a_long_answer_becomes_several_posts_within_the_limits() -> None:
    markdown = "\n\n".join(f"Paragraph {number}: " + "some words & more. " * 40 for number in range(60))

    posts = answer(markdown, ())

    assert len(posts) > 3
    assert all(len(text) <= 11_000 for text in markdown_of(posts))
    assert " ".join(" ".join(markdown_of(posts)).split()) == " ".join(markdown.split())
    assert all(len(post.text) <= 3_000 for post in posts)
    assert posts[0].text.endswith("…")


@pytest.mark.parametrize("length", range(10_980, 11_001))
def test_half_an_address_at_a_cut_does_not_ping(length: int) -> None:
    posts = answer("x" * length + "@here", ())

    assert not re.search(r"(?<!x)@here", "\n".join(markdown_of(posts)))


@pytest.mark.parametrize("markdown", ["---", "```\n```", "![](https://example.com/x.png)", "***"])
def test_an_answer_without_words_still_has_a_notification(markdown: str) -> None:
    assert answer(markdown, ())[0].text.strip()


def test_a_notice_keeps_slacks_markup_and_mentions_nobody() -> None:
    post = notice(" *Sorry* <@U1> & <!here>\n")

    assert post.text == "*Sorry* @\u200bU1 &amp; @\u200bhere"
    assert post.blocks == [{"type": "section", "text": {"type": "mrkdwn", "text": post.text, "verbatim": True}}]


def test_a_notice_is_cut_to_what_a_section_takes() -> None:
    post = notice("& " * 3_000)

    assert len(post.text) <= 3_000
    assert post.text.endswith("&amp; …") or post.text.endswith("&amp;…")


def test_a_character_that_cannot_be_is_no_reason_to_refuse_an_answer() -> None:
    (post,) = answer(f"Look: &#{'9' * 5_000}; and &#65;", ())

    assert post.text == "Look: \N{REPLACEMENT CHARACTER} and A"


def test_plain_posts_hold_the_whole_answer_in_text_that_slack_takes() -> None:
    markdown = "\n\n".join(f"Paragraph {number} with **bold** & <b>." for number in range(200))

    (post,) = answer(markdown, ())
    posts = plain(post, ())

    assert all(len(post.text) <= 3_000 and not post.blocks for post in posts)
    assert sum(post.text.count("Paragraph") for post in posts) == 200
