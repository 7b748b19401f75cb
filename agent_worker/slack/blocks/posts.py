"""The agent's posts as Block Kit that pings nobody who was not meant to be pinged.

Sizes: a `markdown` block takes 12,000 characters, all blocks of a message together about 13,200 (reported, not
documented), a text object 3,000, the notification text 4,000. The limits below stay under these.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from agent_worker.slack.blocks.markdown_split import split
from agent_worker.slack.blocks.mentions import neutralise

MARKDOWN_LIMIT = 11_000
TEXT_LIMIT = 3_000
PLAIN_LIMIT = 1_500  # escaping makes it longer,
ESCAPED_LIMIT = 500  # at worst five times as long

# What a cut may add to a text: only after it, half a word such as `name@here` can read as a mention.
_ROOM_FOR_GUARDS = 8

# White space, control and format characters, variation selectors, and letters that are blank by design.
_INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]*"
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)(?:[ \t]+\"[^\"\n]*\")?\)")  # and images
# What Markdown has only for the eye, for the places that show plain text.
_NOT_READ = (
    (re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[^\n`]*$\n?", re.MULTILINE), ""),  # fences
    (re.compile(r"^[ \t|:-]+$\n?", re.MULTILINE), ""),  # rules, and the line under a table's header
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"<(https?://[^\s<>|]+)>"), r"\1"),
    (re.compile(r"\*\*|~~|`"), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)


@dataclass(frozen=True)
class Post:
    """One message: `blocks` is what people see in the thread, `text` (escaped) what a notification shows."""

    text: str
    blocks: list[dict[str, Any]]


def answer(markdown: str, may_mention: Collection[str], limit: int = MARKDOWN_LIMIT) -> list[Post]:
    """The posts, in order, that together show `markdown`; only the user ids in `may_mention` can be pinged by it.

    `limit` is for one post, in characters. Raises ValueError if there is nothing to show.
    """
    if _is_blank(markdown):
        raise ValueError("an answer needs text")
    parts = split(neutralise(markdown, may_mention), limit - _ROOM_FOR_GUARDS)
    shown = [neutralise(part, may_mention) for part in parts if not _is_blank(part)]
    return [Post(_notification(part, may_mention), [{"type": "markdown", "text": part}]) for part in shown]


def plain(post: Post, may_mention: Collection[str]) -> list[Post]:
    """The same as an answer's post without any block, for when Slack refuses those: plain text in shorter pieces."""
    texts = [block["text"] for block in post.blocks if block["type"] == "markdown"]
    parts = [part for text in texts for part in _never_clipped(_LINK.sub(r"\1 (\2)", text))]
    return [Post(_notification(part, may_mention), []) for part in parts] or [Post(post.text, [])]


def _never_clipped(text: str) -> Iterator[str]:
    """Parts that fit into a text object when they are escaped."""
    for part in split(text, PLAIN_LIMIT):
        is_short = len(html.escape(part, quote=False)) <= TEXT_LIMIT - _ROOM_FOR_GUARDS
        yield from (piece for piece in ([part] if is_short else split(part, ESCAPED_LIMIT)) if not _is_blank(piece))


def notice(sentence: str) -> Post:
    """A greeting, a failure or a word about waiting, in which Slack's `*bold*` and its like work and nobody is pinged.

    Raises ValueError if there is nothing to show.
    """
    if _is_blank(sentence):
        raise ValueError("a notice needs a sentence")
    text = _harmless(sentence.strip(), ())
    return Post(text, [{"type": "section", "text": _mrkdwn(text)}])


def _is_blank(text: str) -> bool:
    return _INVISIBLE.fullmatch(text) is not None


def _notification(markdown: str, may_mention: Collection[str]) -> str:
    """What is left of Markdown when it cannot be shown as such."""
    readable = _LINK.sub(r"\1", markdown)
    for pattern, replacement in _NOT_READ:
        readable = pattern.sub(replacement, readable)
    readable = html.unescape(readable).strip()
    return _harmless(markdown if _is_blank(readable) else readable, may_mention)


def _harmless(text: str, may_mention: Collection[str]) -> str:
    """Plain text as Slack's escaped text, short enough for a text object, with nothing but allowed mentions live."""

    def escaped(found: re.Match[str]) -> str:
        return f"<@{found['user']}>" if found["user"] in may_mention else html.escape(found[0], quote=False)

    slack_text = re.sub(r"<@(?P<user>\w+)(?:\|[^<>]*)?>|[&<>]", escaped, neutralise(text, may_mention))
    return neutralise(_clipped(slack_text, TEXT_LIMIT - _ROOM_FOR_GUARDS), may_mention)


def _clipped(slack_text: str, limit: int) -> str:
    if len(slack_text) <= limit:
        return slack_text
    return re.sub(r"(?:&\w{0,4}|<[^<>]*)\Z", "", slack_text[: limit - 1]) + "…"


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}  # verbatim: Slack looks for no names in it
