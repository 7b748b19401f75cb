"""How this workspace, and the app as it is set up in it, differ from the plain ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What can be chosen when a `SlackEmulator` is made; the defaults are an agent with a Home tab."""

    rate_limits: bool = False  # Slack's tiers, and one post a second in each channel
    delayed_events: bool = False  # the app's setting "Delayed Events": hourly retries for a day
    read_lag: float = 0.0  # seconds until reads show a message that was posted
    home_tab: bool = True
    is_agent: bool = True
    shortcuts: Collection[str] = ("ask_about_message",)  # callback ids
    mentions_without_files: bool = False  # `app_mention` does not list the files of the message
    streaming: bool = True  # the workspace has chat.startStream
    takes_orphans: bool = (
        False  # a reply to a root that is gone is not refused: it stands in the channel, for everybody
    )
