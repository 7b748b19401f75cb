"""Links for people beside the result of a tool."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.storage_limits import writable
from agent_worker.payloads.thread import Source
from text.lines import one_line

__all__ = ["Source", "Sourced"]

MOST_SOURCES = 5  # links on the card of one call
LONGEST_TEXT = 120  # characters of a link's text
LONGEST_ADDRESS = 2000  # characters
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]++(:\d++)?([/?#][\x21-\x7e]*+)?")


@dataclass(frozen=True)
class Sourced:
    """What a tool returns to give people links: `result` is for the model, `sources` for people.

    People see the first MOST_SOURCES links on the call's card. A source that is no web address is left out, so a tool
    may hand on whatever address a service names.
    """

    result: Any
    sources: Sequence[Source]

    def listed(self) -> list[dict[str, str]]:
        """The links that Slack can show, as JSON, each address once."""
        usable = {source.url: _text(source) for source in self.sources if _is_web_address(source.url)}
        return [{"text": text, "url": url} for url, text in list(usable.items())[:MOST_SOURCES]]


def _is_web_address(address: str) -> bool:
    return len(address) <= LONGEST_ADDRESS and _WEB_ADDRESS.fullmatch(address) is not None


def _text(source: Source) -> str:
    """The link's text, or its address if it has none."""
    return one_line(writable(source.text), LONGEST_TEXT) or source.url
