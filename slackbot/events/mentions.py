"""Whom a message mentions. Nothing here raises, whatever a message looks like.

Slack sends `app_mention` also where the mention stands in code, or in what somebody quotes: there it is a sample or
another person's word, and calls nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slackbot.events import contents
from text.json_shapes import mapping, mappings, string

_MENTION = re.compile(r"<@([UW][A-Z0-9]++)(?:\|[^<>]*+)?>")
# In Slack's escaped text: code, and lines that begin with one or three `>`.
_NOT_SAID = re.compile(r"```[^`]*+(?:`{1,2}+[^`]++)*+```|`[^`\n]++`|^(?:&gt;){3}[\s\S]*+|^&gt;[^\n]*+", re.MULTILINE)
_NOT_SAID_ELEMENTS = {"rich_text_quote", "rich_text_preformatted"}
MOST_ELEMENTS = 10_000  # of one message that are looked at; Slack allows far fewer


def mentioned_users(text: str) -> set[str]:
    """The ids of the users that a text mentions, wherever in it."""
    return set(_MENTION.findall(text[: contents.LONGEST_TEXT]))


def called_users(message: Mapping[str, Any]) -> set[str]:
    """The ids of the users that a message mentions in its own words: not in code, and not in a quotation.

    Its blocks say what is code. Without any that say it, its text does.
    """
    rich = [block for block in mappings(message.get("blocks")) if block.get("type") == "rich_text"]
    if rich:
        return {user for block in rich for user in _users_in(block)}
    return mentioned_users(_NOT_SAID.sub(" ", contents.text(message)))


def _users_in(block: Mapping[str, Any]) -> Iterator[str]:
    """The users in the elements of a rich text block that are neither code nor a quotation, level by level."""
    level: list[Mapping[str, Any]] = [block]
    left = MOST_ELEMENTS
    while level and left > 0:
        left -= len(level)
        for element in level:
            if element.get("type") == "user" and mapping(element.get("style")).get("code") is not True:
                yield string(element.get("user_id"))
        inner = (element for element in level if element.get("type") not in _NOT_SAID_ELEMENTS)
        level = [child for element in inner for child in mappings(element.get("elements"))][:left]
