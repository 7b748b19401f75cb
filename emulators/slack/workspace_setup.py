"""The part of `SlackEmulator` that says who and what there is, and what the app may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from emulators.slack.backend import Backend
from emulators.slack.state.messages import ChannelKind, Description, User


class WorkspaceSetup:
    """Adds people and channels, and grants scopes. Names that are taken raise ValueError."""

    _backend: Backend

    def add_user(
        self,
        name: str,
        real_name: str | None = None,
        display_name: str | None = None,
        *,
        is_guest: bool = False,
        is_single_channel_guest: bool = False,
        team_id: str | None = None,
        organisation: str = "",
        title: str = "",
        time_zone: str = "America/New_York",
    ) -> str:
        """Add a person. Returns the user id. With another `team_id` than the app's they come through Slack Connect.

        With an `organisation` (an id that begins with E), the person's workspace is one of several (Enterprise Grid).
        `title` is what they do, and `time_zone` a name such as Europe/Berlin.
        """
        own = self._backend.installation.team_id
        user = User(
            id=self._backend.workspace.new_id("U"),
            name=name,
            real_name=real_name or name.title(),
            display_name=display_name or name,
            foreign_team="" if team_id in (None, own) else str(team_id),
            organisation=organisation,
            title=title,
            tz=time_zone,
            is_guest=is_guest,
            is_single_channel_guest=is_single_channel_guest,
        )
        self._backend.workspace.add_user(user)
        return user.id

    def deactivate(self, user_id: str) -> None:
        """Somebody leaves the company: their messages stay, and they can do nothing more."""
        users = self._backend.workspace.users
        users[user_id] = replace(users[user_id], is_deactivated=True)

    def reactivate(self, user_id: str) -> None:
        """Somebody comes back to the company, as who they were."""
        users = self._backend.workspace.users
        users[user_id] = replace(users[user_id], is_deactivated=False)

    def make_guest(self, user_id: str, *, is_guest: bool = True) -> None:
        """A member becomes a guest, or a guest becomes a member. The app is told by `users.info` alone."""
        users = self._backend.workspace.users
        users[user_id] = replace(users[user_id], is_guest=is_guest)

    def add_user_group(self, name: str, handle: str, users: Sequence[str]) -> str:
        """Add people who are mentioned together, as in `<!subteam^ID>`. Returns the id of the group."""
        return self._backend.workspace.add_user_group(name, handle, users).id

    def set_user_group(self, group_id: str, users: Sequence[str]) -> None:
        """Other people are in the group from now on. The app is not told."""
        groups = self._backend.workspace.user_groups
        groups[group_id] = replace(groups[group_id], users=tuple(users))

    def disable_user_group(self, group_id: str) -> None:
        """A group is there no more, except for those who ask for disabled groups."""
        groups = self._backend.workspace.user_groups
        groups[group_id] = replace(groups[group_id], disabled=int(self._backend.clock.now()))

    def add_channel(
        self,
        name: str,
        members: Sequence[str] | None = None,
        *,
        is_private: bool = False,
        is_shared: bool = False,
        bot_is_member: bool = True,
        topic: str = "",
        purpose: str = "",
    ) -> str:
        """Add a channel. Returns its id. `is_shared`: people from other workspaces can be in it.

        Without `members`, all people are in it who are there now and can be in it, except guests.
        """
        workspace = self._backend.workspace
        kind: ChannelKind = "group" if is_private else "channel"
        people = [
            user.id
            for user in workspace.users.values()
            if not (user.is_bot or user.is_guest or user.is_single_channel_guest)
            and workspace.admits(user, kind, is_shared=is_shared)
        ]
        bot = [self._backend.bot_user] if bot_is_member else []
        everybody = [*(people if members is None else members), *bot]
        channel = workspace.add_channel(name, kind, everybody, is_shared=is_shared)
        creator = everybody[0] if everybody else ""
        channel.topic = _described(topic, creator, channel.created)
        channel.purpose = _described(purpose, creator, channel.created)
        return channel.id

    def open_dm(self, user_id: str) -> str:
        """The direct messages between a person and the app. Returns the channel id, which is always the same."""
        return self._backend.workspace.direct_channel([self._backend.bot_user, user_id]).id

    def open_group_dm(self, user_ids: Sequence[str]) -> str:
        """The group direct messages of several people and the app. Returns the channel id."""
        return self._backend.workspace.direct_channel([self._backend.bot_user, *user_ids]).id

    def archive(self, channel: str) -> None:
        self._backend.workspace.channels[channel].is_archived = True

    def grant(self, *scopes: str) -> None:
        """Give scopes to the app."""
        self._backend.scopes.grant(scopes)

    def revoke(self, *scopes: str) -> None:
        """Take scopes from the app."""
        self._backend.scopes.revoke(scopes)


def _described(value: str, creator: str, last_set: int) -> Description:
    """What was said when the channel was made; nothing is said by nobody."""
    return Description(value, creator, last_set) if value else Description()
