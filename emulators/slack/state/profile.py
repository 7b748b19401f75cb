"""How this Slack, and the app as it is set up in it, differ from the plain ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Slack as it is used by an agent with a Home tab, unless something else is said here."""

    rate_limits: bool = False  # Slack's tiers, and one post a second and channel
    distributed_app: bool = False  # reading once a minute, 15 messages at a time
    reusable_tickets: bool = False  # Socket Mode addresses survive a refused handshake
    delayed_events: bool = False  # hourly retries for a day
    read_lag: float = 0.0  # seconds until reads show a message that was posted
    home_tab: bool = True
    is_agent: bool = True
    shortcuts: Collection[str] = ("ask_about_message",)
    mentions_without_files: bool = False  # `app_mention` does not say what files the message carries
    streaming: bool = True  # the workspace has streams
