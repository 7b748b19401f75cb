"""Requests beside the conversation, which scripts need not think of: the title that the worker asks for."""

from __future__ import annotations

from emulators.gemini.answers import Said, text
from emulators.gemini.received import ModelRequest

MOST_WORDS = 6
_ABOUT_TITLES = "title for a conversation"


def asks_for_title(request: ModelRequest) -> bool:
    return _ABOUT_TITLES in request.system_instruction


def title(request: ModelRequest) -> Said:
    """The first words of what is to be named, with a capital, so that it can be told from the words themselves."""
    words = " ".join(request.last_text.split()[:MOST_WORDS]).rstrip(".,;:!?…")
    return text(words[:1].upper() + words[1:] or "Untitled")
