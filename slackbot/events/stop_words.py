"""The words that stop the agent: few and exact, so that a message which says more is never taken for a stop."""

from __future__ import annotations

import re

LONGEST = 1_000  # characters; a longer message is not looked at, and says more than that
_STOP = re.compile(r"(?:please )?(?:stop|cancel)(?: please)?")
_WORD = re.compile(r"[^\s.,:!…]++")


def says_stop(text: str, bot_user_id: str) -> bool:
    """Whether a message says "stop" or "cancel" and nothing else but "please" and the agent's name."""
    if len(text) > LONGEST:
        return False
    words = re.sub(rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*+)?>", " ", text.lower(), flags=re.IGNORECASE)
    return _STOP.fullmatch(" ".join(_WORD.findall(words))) is not None
