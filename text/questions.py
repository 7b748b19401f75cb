"""Whether a message asks something. Pure; it takes time in proportion to the message's length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

MOST_LEVELS = 40  # of lists and objects inside each other; Slack's deepest block has about twenty
# The fields of a message, a block or an attachment that people read, and those in which there are more of them.
_SHOWN = frozenset({"text", "blocks", "attachments", "elements", "fields", "label", "pretext", "title", "value"})
_TOKEN = re.compile(r"<[^<>\s][^<>]*+>")  # a link or a mention in Slack's text; an address may hold a question mark
_QUESTION = re.compile(r"[?？؟](?![\w=&])")  # noqa: RUF001  also the signs of Chinese, Japanese and Arabic


def asks(text: str) -> bool:
    """Whether a question mark ends a sentence anywhere in Slack's text."""
    return _QUESTION.search(_TOKEN.sub(" ", text)) is not None


def message_asks(message: Mapping[str, object]) -> bool:
    """Whether anything asks that people see in a message of Slack, which may have any shape."""
    return any(map(asks, _shown(message, MOST_LEVELS)))


def _shown(value: object, levels: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif levels and isinstance(value, Mapping):
        for name in _SHOWN & value.keys():
            yield from _shown(value[name], levels - 1)
    elif levels and isinstance(value, list):
        for part in value:
            yield from _shown(part, levels - 1)
