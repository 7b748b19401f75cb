from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post, answer, notice, plain
from agent_worker.slack.blocks.step_lines import Step, progress

GUARD = "\u200b"
ALLOWED = {"U1"}
FRAGMENTS = [
    *(
        "<",
        ">",
        "<!",
        "<@",
        "!",
        "@",
        "|",
        "^",
        "&lt;",
        "&gt;",
        "&amp;",
        "&",
        "\\",
        " ",
        "\n",
        GUARD,
        "*",
        "**",
        "`",
        "_",
    ),
    *(
        "channel",
        "here",
        "everyone",
        "group",
        "HERE",
        "Channel",
        "subteam",
        "subteam^S1",
        "U1",
        "U2",
        "W3",
        "u1",
        "ops",
    ),
    *(
        "<!here>",
        "<!channel|channel>",
        "<!everyone>",
        "<!subteam^S1|@ops>",
        "<@U1>",
        "<@U2>",
        "<@U2|bob>",
        "<@U1|anna>",
    ),
    *(
        "@here",
        "@channel",
        "name@here",
        "/@here",
        "```\n",
        "~~~",
        "[a](",
        ")",
        "https://",
        "#",
        "-",
        "&#64;",
        "&commat;",
    ),
]
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=40).map("".join)


def pings(text: str, allowed: set[str]) -> list[str]:
    """What in `text` Slack could take for a mention, read as generously as one can."""
    found = []
    for start in (at for at, letter in enumerate(text) if letter == "<"):
        token = re.compile(r"<\s*([@!])\s*([^>|]+)(?:\|([^>]*))?>").match(text, start)
        if token and token[1] == "@" and re.match(r"\w", token[2]) and token[2] not in allowed:
            found.append(token[0])
        if token and token[1] == "!" and re.match(r"(here|channel|everyone|group|subteam\^)", token[2], re.IGNORECASE):
            found.append(token[0])
    words = re.finditer(r"(?<![^\W_])(?<!/)@(here|channel|everyone)(?![^\W_])", text, re.IGNORECASE)
    return found + [word[0] for word in words]


def markdown_of(posts: list[Post]) -> list[str]:
    return [post.blocks[0]["text"] for post in posts]


def block_texts(post: Post) -> list[str]:
    parts: list[dict[str, Any]] = [
        element for block in post.blocks for element in block.get("elements", [block.get("text")])
    ]
    return [part["text"] for part in parts]


@given(HOSTILE)
@example("<!<!here>here>")
@example("<!here|<!channel>>")
@example("<@U1|<@U2>>")
@example("<<!subteam^S1|!channel>>")
@example("<\\!here>")
@example("_@here_")
@example("<@U2|here>")
@settings(deadline=None, max_examples=400)
def test_no_text_pings_anyone_who_may_not_be_pinged(hostile: str) -> None:
    assert pings(neutralise(hostile, ALLOWED), ALLOWED) == []
    assert pings(neutralise(hostile, ()), set()) == []


@given(HOSTILE)
@settings(deadline=None, max_examples=200)
def test_what_is_harmless_already_is_not_changed_again(hostile: str) -> None:
    once = neutralise(hostile, ALLOWED)

    assert neutralise(once, ALLOWED) == once


@given(HOSTILE)
@settings(deadline=None, max_examples=200)
def test_no_notification_pings_or_holds_an_unescaped_sign(hostile: str) -> None:
    posts = answer(hostile + " end", ALLOWED)

    for post in posts:
        assert pings(post.text, ALLOWED) == []
        assert pings(html.unescape(post.text), ALLOWED) == []
        bare = re.sub(r"<@U1>|&(?:lt|gt|amp);", "", post.text)
        assert not set(bare) & set("<>&")
        assert 0 < len(post.text) <= 3_000


@pytest.mark.parametrize(
    ("written", "harmless"),
    [
        ("<!channel>", f"@{GUARD}channel"),
        ("<!HERE|here>", f"@{GUARD}here"),
        ("< ! everyone >", f"@{GUARD}everyone"),
        ("<!subteam^S123|@ops>", f"@{GUARD}ops"),
        ("<!subteam^S123>", f"@{GUARD}S123"),
        ("ask <@U2> or <@U3|carla>", f"ask @{GUARD}U2 or @{GUARD}carla"),
        ("<@U2|a](evil)>", f"@{GUARD}U2"),
        ("@channel: look, @Here!", f"@{GUARD}channel: look, @{GUARD}Here!"),
        ("`<!channel>`", f"`@{GUARD}channel`"),
        ("<!here|a<b>", f"<!{GUARD}here|a<b>"),
    ],
)
def test_a_ping_becomes_text_that_a_person_can_read(written: str, harmless: str) -> None:
    assert neutralise(written, ALLOWED) == harmless


@pytest.mark.parametrize(
    "markdown",
    [
        "Thanks <@U1>, and <@U1|anna>.",
        "[docs](https://example.com/a?b=1&c=2) and <https://example.com> and ![chart](https://example.com/c.png)",
        "if a < b and c > d: `x <= y` &lt;!here&gt; &amp;",
        "```html\n<!DOCTYPE html><!-- here -->\n<a href='x'>@media</a>\n```",
        "mail anna@here.example, see https://example.com/@channel/posts, @channels, @hereafter",
        "<#C1> <!date^1700000000^{date}|today>",
    ],
)
def test_everything_else_stays_as_it_was_written(markdown: str) -> None:
    assert neutralise(markdown, ALLOWED) == markdown


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


@given(st.lists(st.sampled_from(FRAGMENTS) | st.sampled_from(["x" * 3_000, "y@here" * 500]), min_size=5, max_size=25))
@settings(deadline=None, max_examples=40)
def test_cutting_an_answer_makes_no_ping_and_no_part_too_long(fragments: list[str]) -> None:
    posts = answer("".join(fragments) + ".", ALLOWED)

    for post in posts:
        assert pings(post.blocks[0]["text"], ALLOWED) == []
        assert pings(post.text, ALLOWED) == []
        assert len(post.blocks[0]["text"]) <= 11_000
        assert len(post.text) <= 3_000


@pytest.mark.parametrize("length", range(10_980, 11_001))
def test_half_an_address_at_a_cut_does_not_ping(length: int) -> None:
    posts = answer("x" * length + "@here", ())

    assert [ping for text in markdown_of(posts) for ping in pings(text, set())] == []


@pytest.mark.parametrize("markdown", ["---", "```\n```", "![](https://example.com/x.png)", "***"])
def test_an_answer_without_words_still_has_a_notification(markdown: str) -> None:
    assert answer(markdown, ())[0].text.strip()


@pytest.mark.parametrize("blank", ["", " \n\t", GUARD])
def test_an_answer_a_notice_or_progress_with_nothing_to_show_is_refused(blank: str) -> None:
    with pytest.raises(ValueError, match="needs text"):
        answer(blank, ())
    with pytest.raises(ValueError, match="needs a sentence"):
        notice(blank)
    with pytest.raises(ValueError, match="needs a step"):
        progress([])


def test_progress_shows_one_line_for_each_step_with_its_state() -> None:
    post = progress(
        [
            Step("Find my IP address", "complete"),
            Step("Look up <!here> & R&D", "error"),
            Step("Weather alerts\nfor New York", "in_progress"),
            Step("Write the answer", "pending"),
        ]
    )

    (text,) = block_texts(post)
    assert text.split("\n") == [
        ":white_check_mark: Find my IP address",
        f":x: Look up @{GUARD}here &amp; R&amp;D",
        ":hourglass: Weather alerts for New York",
        ":white_circle: Write the answer",
    ]
    assert post.text == "Weather alerts for New York"


def test_a_long_title_is_cut_at_120_characters() -> None:
    (text,) = block_texts(progress([Step("t" * 500, "pending")]))

    assert text == ":white_circle: " + "t" * 119 + "…"


def test_more_than_20_steps_fold_the_oldest_that_are_done() -> None:
    steps = [Step(f"Step {number}", "complete") for number in range(30)] + [Step("Last", "in_progress")]

    (text,) = block_texts(progress(steps))

    lines = text.split("\n")
    assert lines[0] == ":white_check_mark: Step 11"
    assert lines[-2:] == [":hourglass: Last", "and 11 more done"]
    assert len(lines) == 21


def test_more_than_20_steps_that_are_not_done_fold_without_being_called_done() -> None:
    steps = [Step(f"Step {number}", "in_progress") for number in range(22)] + [Step("Later", "pending")] * 3

    (text,) = block_texts(progress(steps))

    assert text.split("\n")[-1] == "and 5 more"
    assert "Later" not in text
    assert "done" not in text


@given(
    st.lists(
        st.builds(Step, st.text() | HOSTILE | st.just("<" * 300), st.sampled_from(["pending", "complete", "error"]))
    )
)
@settings(deadline=None, max_examples=60)
def test_progress_stays_within_every_limit_and_pings_nobody(steps: list[Step]) -> None:
    post = progress([*steps, Step("<" * 300, "in_progress")])

    texts = block_texts(post)
    assert all(0 < len(text) <= 3_000 for text in texts)
    assert sum(map(len, texts)) <= 13_200
    assert len(post.blocks) <= 50
    assert 0 < len(post.text) <= 3_000
    assert all(pings(text, set()) == [] for text in [*texts, post.text])


@given(HOSTILE)
@settings(deadline=None, max_examples=60)
def test_a_notice_pings_nobody(hostile: str) -> None:
    post = notice(hostile + ".")

    assert [post.text] == block_texts(post)
    assert pings(post.text, set()) == []
    assert not set(re.sub(r"&(?:lt|gt|amp);", "", post.text)) & set("<>&")


def test_a_notice_is_cut_to_what_a_section_takes() -> None:
    post = notice("& " * 3_000)

    assert len(post.text) <= 3_000
    assert post.text.endswith("&amp; …") or post.text.endswith("&amp;…")


@pytest.mark.parametrize(
    "hostile", ["<", "<@", "< ", "@here ", "<!here|", "[", "![", "&", "<@U1|", "|", "#", "\\", "`"]
)
def test_hostile_repetition_takes_no_time_to_speak_of(hostile: str) -> None:
    assert answer((hostile * 60_000)[:60_000] + " end", ALLOWED)


def test_plain_posts_hold_the_whole_answer_in_text_that_slack_takes() -> None:
    markdown = "\n\n".join(f"Paragraph {number} with **bold** & <b>." for number in range(200))

    (post,) = answer(markdown, ())
    posts = plain(post, ())

    assert all(len(post.text) <= 3_000 and not post.blocks for post in posts)
    assert sum(post.text.count("Paragraph") for post in posts) == 200
