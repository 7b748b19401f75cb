"""Who may talk to the agent, and where: members of its workspace, unless the settings say otherwise. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author

# What people are told. "Whoever runs me" is the person who set up this agent.
NOT_LISTED = "Sorry, I may only talk to people whom whoever runs me has listed."
GUEST = "Sorry, I may not talk to guests of this workspace. Whoever runs me can allow it."
STRANGER = "Sorry, I may not talk to people of other workspaces. Whoever runs me can allow yours."
UNKNOWN = "Sorry, Slack does not tell me who you are, so I may not talk to you. Whoever runs me can allow it."
ELSEWHERE = "Sorry, I may not answer in this channel. Write to me directly, or ask whoever runs me to allow it."


@dataclass(frozen=True)
class AccessPolicy:
    """The rules of one agent. All ids are Slack's.

    `team` is the agent's own workspace. People of the other `workspaces` may talk to it too. If `users` is not empty,
    nobody else may. If `channels` is not empty, the agent answers in no other channel.
    """

    team: str
    users: Collection[str] = field(default_factory=frozenset)
    channels: Collection[str] = field(default_factory=frozenset)
    workspaces: Collection[str] = field(default_factory=frozenset)
    guests: bool = False

    def refusal(self, author: Author, user: Mapping[str, Any]) -> str:
        """The sentence for a person who may not talk to the agent; "" for one who may.

        `user` is what `users.info` tells of this person: empty if Slack does not tell.
        """
        if author.id in self.users:
            return ""
        homes = self._homes(author, user)
        if self.users:
            reason = NOT_LISTED
        elif not homes:
            reason = STRANGER if user.get("is_stranger") else UNKNOWN
        elif not any(home <= {self.team, *self.workspaces} for home in homes):
            reason = STRANGER
        elif not self.guests and (user.get("is_restricted") or user.get("is_ultra_restricted")):
            reason = GUEST
        else:
            return ""
        return reason

    def refusal_in(self, thread: Thread) -> str:
        """The sentence for a channel in which the agent may not answer; "" for one in which it may.

        A direct message is always allowed.
        """
        is_open = not self.channels or thread.channel in self.channels or thread.is_direct
        return "" if is_open else ELSEWHERE

    def _homes(self, author: Author, user: Mapping[str, Any]) -> list[set[str]]:
        """Sets of workspaces: the person may talk to the agent if all workspaces of any one set may.

        In an organisation with several workspaces (Enterprise Grid), `users.info` lists all those that the person is
        in, and one is enough. The message may name another one of them as its author's, or the organisation. Anybody
        else is in one workspace, and the message and `users.info` have to agree on it.
        """
        enterprise = user.get("enterprise_user") or {}
        if teams := enterprise.get("teams"):
            return [{str(team)} for team in (*teams, enterprise.get("enterprise_id")) if team]
        named = {author.team, str(user.get("team_id") or "")} - {""}
        if not user:
            named -= {self.team}  # a member or a guest: Slack does not tell
        return [named] if named else []
