"""Answers and notices as messages of Slack that notify nobody who was not meant to be notified. Pure.

Sizes: a `markdown` block takes 12,000 characters, all blocks of a message together about 13,200 (reported, not
documented), a text object 3,000, the notification text 4,000. The limits below stay under these.

All patterns here take time in proportion to the text (docs/decisions/0017-linear-text.md).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent_worker.slack.blocks.markdown_split import split
from agent_worker.slack.blocks.mentions import ESCAPED_CHARACTERS, ROOM_FOR_GUARDS, escaped, neutralise
from process.block_kit import Block, section
from text.lines import cut

# All in characters.
MARKDOWN_LIMIT = 11_000
LONGEST_ANSWER = 500_000  # Gemini's longest answer has 65,536 tokens: about 300,000 characters
TEXT_LIMIT = 3_000
PLAIN_LIMIT = 1_500  # of plain text before it is escaped, which makes it longer
ESCAPED_LIMIT = 500  # of plain text that is nothing but signs, each of which becomes five characters
GOES_ON = "\n\n_(The answer goes on, but messages show no more of it.)_"

# White space, control and format characters, variation selectors, and letters that are blank by design.
_INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]*+"
)
_LINK = re.compile(r"!?\[([^\[\]]*+)\]\(([^()\s]*+)(?:[ \t]++\"[^\"\n]*+\")?\)")  # and images
# Signs of Markdown that mean nothing in plain text, and what takes their place.
_MARKS = (
    (re.compile(r"^[ \t>]*+(?:`{3,}+|~{3,}+)[^\n`]*+$\n?", re.MULTILINE), ""),  # fences
    (re.compile(r"^[ \t|:-]++$\n?", re.MULTILINE), ""),  # rules, and the line under a table's header
    (re.compile(r"^[ \t]{0,3}+#{1,6}+[ \t]++", re.MULTILINE), ""),
    (re.compile(r"<(https?://[^\s<>|]++)>"), r"\1"),
    (re.compile(r"\*\*|~~|`"), ""),
    (re.compile(r"\n{3,}+"), "\n\n"),
)
# There is no such character. `html.unescape` turns the digits into a number, and Python refuses more than 4,300.
_ENTITY_OF_NOTHING = re.compile(r"&#[0-9]{8,}+;?")


@dataclass(frozen=True)
class Post:
    """One message: `blocks` is what people see in the thread, `text` (escaped) is what a notification shows."""

    text: str
    blocks: list[Block]


def answer(markdown: str, may_mention: Collection[str], limit: int = MARKDOWN_LIMIT) -> list[Post]:
    """The messages, in order, that together show `markdown`; only the users in `may_mention` (ids) are notified.

    `limit` is for one message, in characters. Beyond LONGEST_ANSWER nothing is shown, and the last message says so.
    Raises ValueError if a person would see nothing.
    """
    if len(markdown) > LONGEST_ANSWER:
        markdown = markdown[:LONGEST_ANSWER] + GOES_ON
    parts = split(neutralise(markdown, may_mention), limit - ROOM_FOR_GUARDS)
    shown = [neutralise(part, may_mention) for part in parts if not is_blank(part)]
    if not shown:
        raise ValueError("an answer needs text")
    return [Post(_notification(part, may_mention), [{"type": "markdown", "text": part}]) for part in shown]


def plain(post: Post, may_mention: Collection[str]) -> list[Post]:
    """An answer's message as plain text without blocks, for when Slack refuses the blocks: one or more messages.

    A Markdown block of the message has at most MARKDOWN_LIMIT characters, as `answer` makes it.
    """
    texts = [block["text"] for block in post.blocks if block["type"] == "markdown"]
    parts = [part for text in texts for part in _short_parts(_LINK.sub(r"\1 (\2)", text))]
    return [Post(_notification(part, may_mention), []) for part in parts] or [Post(post.text, [])]


def notice(sentence: str) -> Post:
    """A greeting, a failure or a word about waiting, written in Slack's markup (`*bold*`); it notifies nobody.

    Its first ESCAPED_CHARACTERS are read, and TEXT_LIMIT are shown. Raises ValueError if a person would see nothing.
    """
    if is_blank(sentence):
        raise ValueError("a notice needs a sentence")
    text = escaped(sentence.strip(), (), TEXT_LIMIT)
    return Post(text, [section(text)])


def bare(sentence: str) -> Post:
    """A sentence as nothing but text: no blocks, and nothing is looked for in it. It notifies nobody."""
    return Post(html.escape(sentence[:PLAIN_LIMIT], quote=False).replace("@", "@\u200b"), [])


def is_blank(text: str) -> bool:
    """Whether a person sees nothing of the text."""
    return _INVISIBLE.fullmatch(text) is not None


def _short_parts(text: str) -> Iterator[str]:
    """Parts that are not cut when they are escaped for a text object."""
    for part in split(text, PLAIN_LIMIT):
        is_short = len(html.escape(part, quote=False)) <= TEXT_LIMIT - ROOM_FOR_GUARDS
        yield from (piece for piece in ([part] if is_short else split(part, ESCAPED_LIMIT)) if not is_blank(piece))


def _notification(markdown: str, may_mention: Collection[str]) -> str:
    """Markdown as plain text, escaped; the Markdown itself if nothing else would be left."""
    readable = _LINK.sub(r"\1", cut(markdown, ESCAPED_CHARACTERS))
    for pattern, replacement in _MARKS:
        readable = pattern.sub(replacement, readable)
    readable = html.unescape(_ENTITY_OF_NOTHING.sub("\N{REPLACEMENT CHARACTER}", readable)).strip()
    return escaped(markdown if is_blank(readable) else readable, may_mention, TEXT_LIMIT)
