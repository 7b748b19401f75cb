"""How this workspace, and the app as it is set up in it, differ from the plain ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Settings:
    """What can be chosen when a `SlackEmulator` is made; the defaults are an agent with a Home tab."""

    rate_limits: bool = False  # Slack's tiers, and one post a second in each channel
    delayed_events: bool = False  # the app's setting "Delayed Events": hourly retries for a day
    read_lag: float = 0.0  # seconds until reads show a message that was posted
    newest_replies_first: bool = False  # of a thread's pages the first has the newest replies; sources disagree
    root_on_every_page: bool = False  # of a thread; sources disagree
    home_tab: bool = True
    is_agent: bool = True
    search: bool = True  # the workspace has assistant.search.context; its `action_token` is for agents only
    nested_action_tokens: bool = False  # events have the token in `assistant_thread`; sources disagree
    user_groups: bool = True  # the workspace has a plan with user groups
    shortcuts: Collection[str] = ("ask_about_message",)  # callback ids
    mentions_of_edits: Literal["none", "new", "all"] = "new"  # which edits with a mention come as `app_mention`, too
    mentions_without_files: bool = False  # `app_mention` does not list the files of the message
    organisation_wide: bool = False  # the app is installed in an organisation, for any of its workspaces
    share_lag: float | None = 0.0  # seconds from completing a file to the message that shows it; None: it never comes
    files_without_bot: bool = False  # the message that shows the app's file has no `bot_id`
    streaming: bool = True  # the workspace has chat.startStream
    takes_orphans: bool = (
        False  # a reply to a root that is gone is not refused: it stands in the channel, for everybody
    )
    socket_mode: bool = True  # the app has Socket Mode switched on
    app_token_scopes: Collection[str] = ("connections:write",)  # of the app-level token
    app_token_of: str = ""  # the app of the app-level token, if it is another one than the bot's
