"""Files: what they hold, and how messages and files.info describe them."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from emulators.slack.rules.errors import SlackError
from emulators.slack.state.installation import Installation
from emulators.slack.state.messages import Channel, Message
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
_FIELDS = {"name", "mimetype", "content", "size", "hidden", "redirect_to"}


@dataclass
class StoredFile:
    """One file. Messages show a `hidden` file as a stub, which only files.info describes.

    An upload has an `upload_ticket` until its bytes have come, and is `pending` until it is completed.
    `redirect_to` is an address to which downloads are sent on.
    """

    description: Json
    content: bytes = b""
    hidden: bool = False
    redirect_to: str = ""
    upload_ticket: str = ""
    pending: bool = False
    deleted: bool = False
    shares: dict[str, dict[str, list[Json]]] = field(default_factory=dict)  # "public" or "private", then channel ids

    @property
    def id(self) -> str:
        return str(self.description["id"])

    @property
    def shown(self) -> Json:
        """The file object that messages carry."""
        if self.deleted:
            return {"id": self.id, "mode": "tombstone"}
        if self.hidden:
            return {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}
        return self.description

    @property
    def described(self) -> Json:
        """The file object that files.info answers: with the messages that show the file."""
        return self.description | {"shares": self.shares} if self.shares else self.description

    def note_share(self, channel: Channel, message: Message) -> None:
        """Note that the message shows the file."""
        kind = "public" if channel.kind == "channel" else "private"
        share = {"ts": message.ts, "channel_name": channel.name}
        if message.thread_ts is not None:
            share["thread_ts"] = message.thread_ts
        self.shares.setdefault(kind, {}).setdefault(channel.id, []).append(share)


@dataclass
class Files:
    """The files, by id. `origin` is the address from which they are served."""

    workspace: Workspace
    installation: Installation
    origin: str = ""
    _stored: dict[str, StoredFile] = field(default_factory=dict)

    def add(self, file: Mapping[str, Any], user: str, created: int) -> Json:
        """Store a person's file. Returns the file object that messages carry; raises ValueError for unknown fields.

        `file` is `{name, mimetype?, content?: bytes | str, size?, hidden?, redirect_to?}`. `size` is what Slack claims
        the size to be, in bytes; `hidden` makes messages show a stub, as for files from other workspaces.
        """
        if not file.keys() <= _FIELDS or not isinstance(file.get("name"), str):
            raise ValueError(f"a file has a name, and at most {', '.join(sorted(_FIELDS))}")
        content = file.get("content", b"")
        data = content.encode() if isinstance(content, str) else bytes(content)
        size = int(file.get("size", len(data)))
        description = self._describe(file["name"], user, created, size=size, mimetype=file.get("mimetype"))
        stored = StoredFile(description, data, bool(file.get("hidden")), str(file.get("redirect_to", "")))
        self._stored[stored.id] = stored
        return stored.shown

    def begin_upload(self, name: str, length: int, created: int) -> StoredFile:
        """Announce a file of the app, of `length` bytes, which are to be sent with its `upload_ticket`."""
        description = self._describe(name, self.installation.bot_user_id, created, size=length)
        stored = StoredFile(description, upload_ticket=secrets.token_hex(), pending=True)
        self._stored[stored.id] = stored
        return stored

    def receive(self, ticket: str, data: bytes) -> bool:
        """Take the bytes of an upload. False if the ticket is used or unknown, or if the length is not as announced."""
        for stored in self._stored.values():
            if stored.upload_ticket == ticket and len(data) == stored.description["size"]:
                stored.content, stored.upload_ticket = data, ""
                return True
        return False

    def uploaded(self, file_id: str) -> StoredFile:
        """An upload that can be completed. Raises SlackError file_not_found for every other file."""
        stored = self._stored.get(file_id)
        if stored is None or not stored.pending or stored.upload_ticket:
            raise SlackError("file_not_found")
        return stored

    def described(self, file_id: str) -> Json:
        """What files.info says. Raises SlackError if the file is unknown, deleted, or an upload not yet completed."""
        stored = self._stored.get(file_id)
        if stored is None or stored.pending:
            raise SlackError("file_not_found")
        if stored.deleted:
            raise SlackError("file_deleted")
        return stored.described

    @property
    def all(self) -> list[StoredFile]:
        return list(self._stored.values())

    def restore(self, stored: StoredFile) -> None:
        """Put back a file of a snapshot."""
        self._stored[stored.id] = stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._stored.get(file_id)

    def content(self, file_id: str) -> bytes:
        """The bytes of a file. Raises KeyError if there is no such file."""
        return self._stored[file_id].content

    def delete(self, file_id: str) -> Json:
        """Delete a file. Returns the object that messages show in its place."""
        stored = self._stored[file_id]
        stored.deleted = True
        return stored.shown

    def _describe(self, name: str, user: str, created: int, *, size: int, mimetype: str | None = None) -> Json:
        file_id = self.workspace.new_id("F")
        address = f"{self.origin}/files-pri/{self.installation.team_id}-{file_id}"
        return {
            "id": file_id,
            "created": created,
            "timestamp": created,
            "name": name,
            "title": name,
            "mimetype": mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream",
            "filetype": name.rpartition(".")[2],
            "user": user,
            "size": size,
            "mode": "hosted",
            "url_private": f"{address}/{quote(name)}",
            "url_private_download": f"{address}/download/{quote(name)}",
            "file_access": "visible",
        }
