"""Previews that Slack makes of linked messages: not everybody who sees the link sees them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_of_a_message(attachment: Mapping[str, Any]) -> bool:
    """Whether Slack has attached what a link leads to, which only those see who may see the linked message.

    The agent may see more than whoever asks and whoever reads. So such a preview is never read: the link is, with
    their eyes. What somebody has forwarded is for all who see the message that it was forwarded in.
    """
    return attachment.get("is_msg_unfurl") is True and attachment.get("is_share") is not True
