"""Links for people beside the result of a tool."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.limits import writable
from agent_worker.payloads.thread import Source

__all__ = ["Source", "Sourced"]

MOST_SOURCES = 5  # links on the card of one call
LONGEST_TEXT = 120  # characters of a link's text
LONGEST_ADDRESS = 2000  # characters
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?([/?#][\x21-\x7e]*)?")


@dataclass(frozen=True)
class Sourced:
    """What a tool returns when there are pages to read up on it: the `result` for the model, `sources` for people.

    They see the links on the call's card, MOST_SOURCES at most. What is no web address is left out, so that one may be
    handed on as a service gives it.
    """

    result: Any
    sources: Sequence[Source]

    def listed(self) -> list[dict[str, str]]:
        """The links that Slack can show, as JSON, each address once."""
        usable = {source.url: _one_line(source.text) or source.url for source in self.sources if _is_usable(source.url)}
        return [{"text": text, "url": url} for url, text in list(usable.items())[:MOST_SOURCES]]


def _is_usable(address: str) -> bool:
    return len(address) <= LONGEST_ADDRESS and _WEB_ADDRESS.fullmatch(address) is not None


def _one_line(text: str) -> str:
    line = " ".join(writable(text).split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
