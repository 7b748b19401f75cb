"""Requests for the title of a conversation, which are answered without the script so that tests need not count them."""

from __future__ import annotations

import json

from emulators.gemini.answers import Said, text
from emulators.gemini.request import ModelRequest

MOST_WORDS = 12
_ABOUT_TITLES = "title for a conversation"


def asks_for_title(request: ModelRequest) -> bool:
    """Whether the system instruction is about titles, as the worker's is."""
    return _ABOUT_TITLES in request.system_instruction


def title(request: ModelRequest) -> Said:
    """The first words of the text, the first of them with a capital letter: a title that tests tell from the text."""
    words = " ".join(_message(request.last_text).split()[:MOST_WORDS]).rstrip(".,;:!?…")
    return text(words[:1].upper() + words[1:] or "Untitled")


def _message(text: str) -> str:
    """The "text" of a JSON object, in which the worker writes the message; any other text as it is."""
    try:
        said = json.loads(text)
    except ValueError:
        return text
    return str(said.get("text", text)) if isinstance(said, dict) else text
