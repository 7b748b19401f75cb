"""Promises of mentions: nobody is notified who may not be, and a person can read what is left."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_worker.slack.blocks.mentions import escaped, neutralise
from agent_worker.slack.blocks.posts import TEXT_LIMIT
from tests.support.examples import examples

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


@given(HOSTILE)
@example("<!<!here>here>")
@example("<!here|<!channel>>")
@example("<@U1|<@U2>>")
@example("<<!subteam^S1|!channel>>")
@example("<\\!here>")
@example("_@here_")
@example("<@U2|here>")
@settings(deadline=None, max_examples=examples(400))
def test_no_text_pings_anyone_who_may_not_be_pinged(hostile: str) -> None:
    assert pings(neutralise(hostile, ALLOWED), ALLOWED) == []
    assert pings(neutralise(hostile, ()), set()) == []


@given(HOSTILE, HOSTILE, st.sampled_from([(), ALLOWED]))
@example("<@U2>", "<!channel>", ())
@example("<@U2>", "here", ())
@example("<@U2|x>", "x> <!here> @everyone <@U3", ())
@example("<@U2>channel", "@", ())
@settings(deadline=None, max_examples=examples(400))
def test_no_name_that_a_person_has_chosen_pings_anyone(hostile: str, name: str, allowed: set[str]) -> None:
    named = neutralise(hostile, allowed, {"U1": name, "U2": name, "here": name, "S1": name})

    assert pings(named, set(allowed)) == []
    assert neutralise(named, allowed) == named


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ben", "Ben"),
        ("Zoë Müller-O'Neil Jr.", "Zoë Müller-O'Neil Jr."),
        ("Ben (he/him)", "Ben he him"),
        ("<!channel>", "channel"),
        ("[a](https://evil.example)", "a https evil.example"),
        ("`\n|", "U2"),
        ("🦆", "U2"),
        ("", "U2"),
    ],
)
def test_who_may_not_be_notified_goes_by_the_name(name: str, shown: str) -> None:
    assert neutralise("ask <@U2>!", ALLOWED, {"U2": name}) == f"ask @{GUARD}{shown}!"


def test_the_name_that_is_known_counts_more_than_the_label_that_the_model_writes() -> None:
    assert neutralise("<@U2|boss> <@U3|carla>", (), {"U2": "Ben"}) == f"@{GUARD}Ben @{GUARD}carla"


@pytest.mark.parametrize("mention", ["<@U2>", "<@U2|Anna www.evil.example>"])
def test_a_name_that_holds_an_address_becomes_no_link(mention: str) -> None:
    names = {"U2": "Anna www.evil.example"} if "|" not in mention else {}

    assert neutralise(f"{mention}/secret", (), names) == f"@{GUARD}Anna www{GUARD}.evil.example/secret"


def test_who_may_be_notified_is_mentioned_also_if_the_name_is_known() -> None:
    assert neutralise("<@U1>", ALLOWED, {"U1": "anna"}) == "<@U1>"


@given(HOSTILE)
@settings(deadline=None, max_examples=examples(200))
def test_what_is_harmless_already_is_not_changed_again(hostile: str) -> None:
    once = neutralise(hostile, ALLOWED)

    assert neutralise(once, ALLOWED) == once


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


@given(HOSTILE, st.sampled_from([1, 100]))
@example("x" * 2_980 + "name@" + "here" * 9, 1)
@settings(deadline=None, max_examples=examples(200))
def test_escaped_text_is_short_holds_no_unescaped_sign_and_pings_nobody(hostile: str, times: int) -> None:
    text = escaped(hostile * times, ALLOWED, TEXT_LIMIT)

    assert pings(text, ALLOWED) == []
    assert pings(html.unescape(text), ALLOWED) == []
    assert not set(re.sub(r"<@U1>|&(?:lt|gt|amp);", "", text)) & set("<>&")
    assert len(text) <= TEXT_LIMIT
