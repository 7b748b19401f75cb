"""What a tool can read in Slack: only what those who ask, and everybody who reads the thread of the answer, may see.

A tool takes it as a parameter after the `*`, as it takes an HTTP client. Each call of the tool gets one of its own.
Every method raises ToolError with a sentence for the model if something may not be read or does not exist, and an
ApplicationError that may be retried while Slack is away. What is returned is bounded, and says what was left out.
"""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field

from agent_worker.toolbox.sources import Sourced

CURRENT = "here"  # in the place of a channel: the one of the conversation
MOST_MESSAGES = 100  # that one call may ask for
_MOMENT = (
    "2026-11-27 or 2026-11-27T10:15, in the time zone of who has asked last unless an offset such as +01:00 follows"
)

# Arguments of tools, as the model is told of them.
Since = Annotated[str, Field(description=f"From which moment on: {_MOMENT}. Empty: as far back as it fits")]
Until = Annotated[
    str, Field(description="Up to which moment, in the same form; a day alone means up to its end. Empty: up to now")
]


class SlackView(Protocol):
    """Reads. A moment is `2026-11-27` or `2026-11-27T10:15`, with an offset or in the time zone of who asks; or "".

    The end of a time is that of its day if it is a day alone.
    """

    async def read_channel(self, channel: str, since: str, until: str, limit: int) -> Sourced:
        """The newest messages of a channel in a time; `channel` is a name, an id, or CURRENT."""

    async def read_thread(self, link: str) -> Sourced:
        """The message that a link leads to, and its thread."""

    async def find_people(self, query: str, channel: str) -> Sourced:
        """People whose name or title has the words; with a `channel`, of its members only ("" for everybody)."""

    async def find_channels(self, query: str) -> Sourced:
        """Channels whose name, topic or purpose has the words."""


class SlackSearch(Protocol):
    """Searching. A tool that takes it is offered only while Slack permits it."""

    async def search_messages(self, query: str, since: str, until: str) -> Sourced:
        """Messages of public channels that fit the query, the best first; moments as in SlackView."""
