"""Messages, people and channels in Slack's JSON."""

from __future__ import annotations

from typing import Any

from emulators.slack.presentation.rich_text import generated_block
from emulators.slack.presentation.time_zones import described
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import Channel, Message, User, UserGroup, with_block_ids
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]


class Shapes:
    """The JSON of the things in one workspace, as its app receives them."""

    def __init__(self, workspace: Workspace, installation: Installation) -> None:
        self.workspace = workspace
        self.installation = installation

    def message(self, message: Message, *, with_metadata: bool = False) -> Json:
        """A message as the Web API returns it and as events carry it, without the thread counters of a root."""
        if message.subtype == "tombstone":
            return self._tombstone(message)
        shape: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
        shape |= self._origin(message)
        generated = [generated_block(message.text, message.ts)] if message.text else []
        shape["blocks"] = with_block_ids(message.blocks, message.ts[-5:]) or generated
        if message.bot_id:
            shape |= {"bot_id": message.bot_id, "app_id": message.app_id, "bot_profile": self._bot_profile(message)}
        if message.thread_ts is not None:
            shape |= {"thread_ts": message.thread_ts, "parent_user_id": self._root_author(message)}
        if message.edited:
            shape["edited"] = {"user": message.edited.user, "ts": message.edited.ts}
        if with_metadata and message.metadata:
            shape["metadata"] = message.metadata
        return shape | self._optional(message)

    def _tombstone(self, root: Message) -> Json:
        """What is left of a root that was deleted, and that still has replies: nothing of what it was."""
        shape: Json = {"type": "message", "subtype": "tombstone", "hidden": True, "user": root.user, "text": root.text}
        counters = _counters(root, self.workspace.replies(root))
        return shape | {"ts": root.ts} | {name: value for name, value in counters.items() if name != "subscribed"}

    def listed(self, message: Message, *, with_metadata: bool) -> Json:
        """A message in a listing: the root of a thread has counters, and its own `thread_ts`."""
        shape = self.message(message, with_metadata=with_metadata)
        return shape | _counters(message, self.workspace.replies(message))

    def recounted(self, root: Message) -> tuple[Json, Json]:
        """The root of a thread, with its counters as they are now and as they were before the last reply."""
        replies = self.workspace.replies(root)
        shape = self.message(root)
        return shape | _counters(root, replies), shape | _counters(root, replies[:-1])

    def user(self, user: User) -> Json:
        """A person or a bot, as users.info shows them."""
        team_id = user.foreign_team or self.installation.team_id
        profile: Json = {"title": user.title, "real_name": user.real_name, "display_name": user.display_name}
        profile["team"] = team_id
        if user.is_bot:
            profile |= {"api_app_id": user.app_id, "bot_id": user.bot_id}
        shape: Json = {
            "id": user.id,
            "team_id": user.organisation or team_id,
            "name": user.name,
            "real_name": user.real_name,
            "deleted": user.is_deactivated,
            **described(user.tz, self.workspace.now()),
            "profile": profile,
            "is_bot": user.is_bot,
            "is_admin": False,
            "is_restricted": user.is_guest or user.is_single_channel_guest,
            "is_ultra_restricted": user.is_single_channel_guest,
            "is_app_user": False,
            "updated": 0,
        }
        if user.organisation:
            belongs = {"id": user.id, "enterprise_id": user.organisation, "enterprise_name": "Organisation"}
            shape["enterprise_user"] = belongs | {"is_admin": False, "is_owner": False, "teams": [team_id]}
        # Somebody from another workspace is a stranger until they share a channel with the app.
        return shape | ({"is_stranger": not self._meets(user)} if user.foreign_team else {})

    def user_group(self, group: UserGroup) -> Json:
        """A user group, as usergroups.list shows it, without its people."""
        creator = self.installation.bot_user_id
        return {
            "id": group.id,
            "team_id": self.installation.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "description": "",
            "handle": group.handle,
            "is_external": False,
            "date_create": group.created,
            "date_update": group.disabled or group.created,
            "date_delete": group.disabled,
            "auto_type": None,
            "created_by": creator,
            "updated_by": creator,
            "deleted_by": creator if group.disabled else None,
            "prefs": {"channels": [], "groups": []},
        }

    def channel(self, channel: Channel) -> Json:
        """A channel, as conversations.info shows it."""
        shape: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived}
        shape |= {"is_im": channel.kind == "im", "is_mpim": channel.kind == "mpim", "updated": channel.created * 1000}
        shape["context_team_id"] = self.installation.team_id
        if channel.kind == "im":
            others = [member for member in channel.members if member != self.installation.bot_user_id]
            return shape | {"user": others[0], "is_org_shared": False, "is_open": True, "priority": 0}
        return shape | {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "channel",
            "is_group": channel.kind == "group",
            "is_private": channel.is_private,
            "is_member": self.installation.bot_user_id in channel.members,
            "is_shared": channel.is_shared,
            "is_ext_shared": channel.is_shared,
            "is_general": channel.name == "general",
            "creator": channel.members[0] if channel.members else self.installation.bot_user_id,
            "topic": dict(vars(channel.topic)),
            "purpose": dict(vars(channel.purpose)),
            "num_members": len(channel.members),
        }

    def permalink(self, message: Message) -> str:
        """The address of a message; that of a reply also names its thread."""
        address = f"https://{self.installation.team_domain}.slack.com/archives/{message.channel}"
        link = f"{address}/p{message.ts.replace('.', '')}"
        return link if message.thread_ts is None else f"{link}?thread_ts={message.thread_ts}&cid={message.channel}"

    def _optional(self, message: Message) -> Json:
        optional: Json = {
            "subtype": message.subtype,
            "client_msg_id": message.client_msg_id,
            "attachments": message.attachments,
            "files": message.files,
            "streaming_state": message.streaming_state,
            "reactions": [
                {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
            ],
        }
        shape = {name: value for name, value in optional.items() if value} | message.details
        if message.files:
            shape |= {"upload": False, "display_as_bot": False}
        return shape

    def _origin(self, message: Message) -> Json:
        """The author's team and, for people from another workspace, their profile."""
        author = self.workspace.users.get(message.user)
        if author is None or not (author.foreign_team or author.organisation):
            return {"team": self.installation.team_id}
        profile = {
            "name": author.name,
            "real_name": author.real_name,
            "display_name": author.display_name,
            "team": author.organisation or author.foreign_team,
            "is_restricted": False,
            "is_ultra_restricted": False,
        }
        teams = dict.fromkeys(("user_team", "source_team"), profile["team"])
        return {"team": author.foreign_team or self.installation.team_id} | teams | {"user_profile": profile}

    def _meets(self, user: User) -> bool:
        both = {user.id, self.installation.bot_user_id}
        return any(both <= set(channel.members) for channel in self.workspace.channels.values())

    def _root_author(self, message: Message) -> str | None:
        root = self.workspace.message(message.channel, message.root_ts)
        return None if root is None else root.user

    def _bot_profile(self, message: Message) -> Json:
        author = self.workspace.users[message.user]
        return {
            "id": message.bot_id,
            "app_id": message.app_id,
            "user_id": author.id,
            "name": author.name,
            "deleted": False,
            "updated": 0,
            "team_id": self.installation.team_id,
            "icons": {f"image_{size}": f"https://avatars.example/{size}.png" for size in (36, 48, 72)},
        }


def _counters(root: Message, replies: list[Message]) -> Json:
    """What the root of a thread says about its replies; empty if there are none."""
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    counters: Json = {"thread_ts": root.ts, "reply_count": len(replies), "reply_users_count": len(people)}
    counters |= {"latest_reply": replies[-1].ts, "reply_users": people}
    return counters | {"is_locked": False, "subscribed": False}
