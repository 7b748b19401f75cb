"""Promises of what the agent says: any text of a model becomes posts that Slack takes, whole, and that ping nobody."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl, SecretStr

from agent_worker.payloads.thread import ShownStep, StepState
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.posts import Post, answer, notice, plain
from agent_worker.slack.blocks.step_lines import progress
from emulators.slack.emulator import SlackEmulator
from emulators.slack.rules.arguments import Arguments
from emulators.slack.rules.messages import read_content
from process.slack import open_client
from tests.support.examples import examples
from tests.support.properties.strategies import FRAGMENTS, Written, texts_of

GUARD = "\u200b"
BLANK_KINDS = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0" + "".join(
    map(chr, range(0xFE00, 0xFE10))
)
ALLOWED = {"U1"}
BLANK = st.text(
    st.sampled_from(" \n\t\r\x00\x1b\x7f\xad\u034f\u200b\u200e\u2028\u202e\u2060\u2800\u3164\ufe0f\ufeff\U000e0020")
)
MARKDOWN = (
    *(
        "```\n",
        "```python\n",
        "````\n",
        "~~~\n",
        "\n",
        "\n\n",
        "    ",
        "> ",
        "> ```\n",
        "- ",
        "1. ",
        "- ```\n",
        "## ",
        "---\n",
    ),
    *(
        "| a | b |\n|---|---|\n",
        "| 1 | 2 |\n",
        "|",
        "[a](",
        "](",
        ")",
        "![x](https://example.com/x.png)",
        "**",
        "`",
        "~~",
    ),
    *("<@U1>", "<@U1|anna>", "<@U1", "<@U2|", "<@U2|@here>", "<!channel>", "<!", "< ! here >", "<!here|<!channel>>"),
    *(
        "@here",
        "@\x00here",
        "@\ud800here",
        "<\x00!here>",
        "<!\x1bchannel>",
        "@HERE",
        "name@",
        "here",
        "&#64;here",
        "&lt;!here&gt;",
    ),
    *(
        "<!subteam^S1>",
        "<!date^1^{date}^https://example.com|x>",
        "<#C1>",
        "<https://example.com|",
        "\\",
        "@channel\u200b",
    ),
)
pieces = st.sampled_from(MARKDOWN + FRAGMENTS) | st.text(max_size=4)


def written(piece: str, times: int, end: str = "") -> Written:
    return Written(((piece, times), (end, 1)))


texts = texts_of(pieces)


def accept(post: Post) -> None:
    """Holds a post to the emulator's rules, as a call with JSON in UTF-8 would; raises SlackError."""
    body = json.dumps({"text": post.text, "blocks": post.blocks}, ensure_ascii=False).encode()
    content = read_content(Arguments(json.loads(body)))
    assert content.text
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", body.decode())


def shown(post: Post) -> list[str]:
    """Every text in a post that Slack could look into."""
    return [post.text, *_texts(post.blocks)]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (part["text"] for _ in [0] if isinstance(part.get("text"), str))
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _texts(inner)


def pings(text: str, allowed: Sequence[str] | set[str]) -> list[str]:
    """What a generous reader, who drops what cannot be seen except the guard, takes for a mention."""
    seen = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", text)
    people = [who for who in re.findall(r"<\s*@\s*(\w+)\s*(?:\|[^<>]*)?>", seen) if who not in allowed]
    groups = re.findall(r"<\s*!\s*(?:here|channel|everyone|group|subteam\^\w*)\s*(?:\|[^<>]*)?>", seen, re.IGNORECASE)
    words = re.findall(r"(?<![^\W_])(?<!/)@(?:here|channel|everyone)(?![^\W_])", seen, re.IGNORECASE)
    return people + groups + words


def ink(text: str) -> str:
    """What is left of a text without all that cannot be seen."""
    written = text.encode("utf-8", "replace").decode()
    return "".join(
        letter for letter in written if unicodedata.category(letter) not in BLANK_KINDS and letter not in UNSEEN
    )


def is_held_in(wanted: str, found: str) -> bool:
    """Whether all of `wanted` is in `found` in its order; `found` may repeat a fence or a table's header."""
    letters = iter(found)
    return all(letter in letters for letter in wanted)


def _markdown(post: Post) -> str:
    text = post.blocks[0]["text"]
    assert isinstance(text, str)
    return text


def posts_of(markdown: Written) -> list[Post]:
    try:
        return answer(markdown.text, ALLOWED)
    except ValueError:
        assume(False)  # noqa: FBT003  nothing to show; the caller has a sentence for that
        raise


@given(texts)
@example(written("```\n", 30_000))
@example(written("| a | b |\n|---|---|\n", 5_000))
@example(Written((("```\n", 1), ("x", 100_000))))
@example(Written((("| a |\n|---|\n", 1), ("| 1 |\n", 20_000))))
@example(Written(((GUARD, 40_000), ("x", 1), (GUARD, 40_000))))
@example(written("&", 100_000))
@example(written("<!here>", 14_000))
@example(written("x @\x00here <\x00!channel> \ud83d", 1))
@settings(max_examples=examples(250), suppress_health_check=list(HealthCheck))
def test_slack_takes_every_post_of_any_answer_and_none_pings(markdown: Written) -> None:
    for post in posts_of(markdown):
        accept(post)
        assert [ping for text in shown(post) for ping in pings(text, ALLOWED)] == []
        assert pings(html.unescape(post.text), ALLOWED) == []


@given(texts)
@example(written("&", 100_000))
@example(Written((("x", 1), (GUARD, 40_000), ("y", 1))))
@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
def test_the_posts_of_an_answer_together_hold_all_of_it(markdown: Written) -> None:
    found = ink("".join(_markdown(post) for post in posts_of(markdown)))

    assert is_held_in(ink(neutralise(markdown.text, ALLOWED)), found)


@given(st.lists(st.sampled_from([piece for piece in MARKDOWN if not set(piece) & set("<@!")]), max_size=60))
@settings(suppress_health_check=list(HealthCheck))
def test_no_word_of_an_answer_is_lost_between_its_marks(marks: list[str]) -> None:
    words = [f"word{number}" for number in range(len(marks) + 1)]
    markdown = words[0] + "".join(
        f"{mark}{word} {'filling ' * 300}" for mark, word in zip(marks, words[1:], strict=True)
    )

    posts = answer(markdown, ())

    assert is_held_in(" ".join(words), " ".join(re.findall(r"word\d+", "".join(map(_markdown, posts)))))


@given(texts)
@example(written("&", 20_000))
@example(written("<", 5_000, " end"))
@example(written("see [the page](https://example.com/a) ", 200))
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_an_answer_that_slack_takes_only_as_text_is_still_whole(markdown: Written) -> None:
    for post in posts_of(markdown)[:3]:
        texts = plain(post, ALLOWED)

        for text in texts:
            accept(text)
            assert pings(text.text, ALLOWED) == []
        wanted = "".join(re.findall(r"[0-9A-Za-z&]", _read_as_plain(_markdown(post))))
        assert is_held_in(wanted, html.unescape("".join(text.text for text in texts)))


def _read_as_plain(markdown: str) -> str:
    """Markdown without what plain text leaves out: titles of links, labels of mentions, the languages of fences."""
    readable = re.sub(r'[ \t]+"[^"\n]*"\)', ")", markdown)
    for pattern in (r"<[^<>]*>", r"(?m)^[ \t>]*(?:`{3,}|~{3,}).*$"):
        readable = re.sub(pattern, "", readable)
    return html.unescape(readable)


@given(BLANK)
def test_an_answer_in_which_nothing_can_be_seen_is_refused(blank: str) -> None:
    with pytest.raises(ValueError, match="an answer needs text"):
        answer(blank, ALLOWED)
    with pytest.raises(ValueError, match="a notice needs a sentence"):
        notice(blank)


@given(
    st.lists(
        st.builds(
            ShownStep,
            title=texts.map(lambda title: title.text[:2_000]) | BLANK,
            state=st.sampled_from(get_args(StepState)),
            sources=st.just([]),
        ),
        min_size=1,
        max_size=60,
    )
)
@example([ShownStep(title="<" * 300, state="in_progress")] * 60)
@settings(max_examples=examples(80), suppress_health_check=list(HealthCheck))
def test_slack_takes_the_progress_of_any_steps_and_it_pings_nobody(steps: list[ShownStep]) -> None:
    post = progress(steps, steps[0].title)

    accept(post)
    assert [ping for text in shown(post) for ping in pings(text, ())] == []
    assert post.text.strip()


@given(texts)
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_slack_takes_any_notice_and_it_pings_nobody(sentence: Written) -> None:
    try:
        post = notice(sentence.text)
    except ValueError:
        assume(False)  # noqa: FBT003  nothing to show

    accept(post)
    assert [ping for text in shown(post) for ping in pings(text, ())] == []


async def test_slack_itself_takes_the_worst_of_them() -> None:
    worst = ["```\n" + "x" * 30_000, "|a|\n|-|\n" * 3_000, "x @\x00here \ud83d" + GUARD * 12_000, "<!here|" * 3_000]
    async with SlackEmulator() as slack, open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
        channel = slack.add_channel("general", members=[slack.add_user("anna")])
        posts = [post for markdown in worst for post in answer(markdown, ())]
        steps = progress([ShownStep(title=text, state="complete") for text in worst], worst[2])
        for post in [*posts, *(text for each in posts for text in plain(each, ())), steps, notice(worst[2])]:
            await client.chat_postMessage(channel=channel, text=post.text, blocks=post.blocks or None)

        assert len(slack.messages(channel)) > 20
        assert all(before.ts < after.ts for before, after in pairwise(slack.messages(channel)))
