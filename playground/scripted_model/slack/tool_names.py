"""The names of the tools that the scripted model knows. Pure."""

from __future__ import annotations

READ_CHANNEL, READ_THREAD, SEARCH = "read_channel", "read_thread", "search_messages"
FIND_PEOPLE, FIND_CHANNELS = "find_people", "find_channels"
OF_SLACK = frozenset({READ_CHANNEL, READ_THREAD, SEARCH, FIND_PEOPLE, FIND_CHANNELS})
