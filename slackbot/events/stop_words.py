"""The words that stop the agent: few and exact, so that a message which says more is never taken for a stop."""

from __future__ import annotations

import re

_STOP = re.compile(r"(?:please )?(?:stop|cancel)(?: please)?")


def says_stop(text: str, bot_user_id: str) -> bool:
    """Whether a message says "stop" or "cancel" and nothing else but "please" and the agent's name."""
    words = re.sub(rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*)?>", " ", text.lower(), flags=re.IGNORECASE)
    return _STOP.fullmatch(" ".join(re.findall(r"[^\s.,:!…]+", words))) is not None
