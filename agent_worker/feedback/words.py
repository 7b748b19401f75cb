"""What people have written in Slack, as it reads: without Slack's escapes and ids. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

_TOKEN = re.compile(r"<(?P<sign>[@#!]?)(?P<body>[^<>|]++)(?:\|(?P<label>[^<>]*+))?>")


def words(text: str, person: Callable[[str], str]) -> str:
    """The text as a person reads it. `person` gives what stands for somebody who is mentioned, by their id."""

    def told(found: re.Match[str]) -> str:
        sign, body, label = found["sign"], found["body"], found["label"]
        if sign == "@":
            return f"@{person(body)}"
        if sign == "#":
            return f"#{label or body}"
        return f"@{label or body}" if sign == "!" else body

    return html.unescape(_TOKEN.sub(told, text))
