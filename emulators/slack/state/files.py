"""Files: what they hold, how messages and files.info describe them, and what became of them."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from emulators.slack.rules.errors import SlackError
from emulators.slack.state.installation import Installation
from emulators.slack.state.workspace import Workspace

Json = dict[str, Any]
_FIELDS = {"name", "mimetype", "content", "size", "hidden", "redirect_to"}


@dataclass
class StoredFile:
    """One file. What is `hidden` is shown in messages as a stub, and described by files.info only.

    An upload has an `upload_ticket` until its bytes have come, and is `pending` until it is completed.
    """

    description: Json
    content: bytes = b""
    hidden: bool = False
    redirect_to: str = ""
    upload_ticket: str = ""
    pending: bool = False
    deleted: bool = False

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


@dataclass
class Files:
    """Files by id."""

    workspace: Workspace
    installation: Installation
    origin: str = ""
    _stored: dict[str, StoredFile] = field(default_factory=dict)

    def add(self, file: Mapping[str, Any], user: str, created: int) -> Json:
        """Store a person's file; returns the file object that messages carry.

        It is `{name, mimetype?, content?: bytes | str, size?, hidden?, redirect_to?}`: `size` is what Slack claims,
        `hidden` gives a stub for files.info (as files from other workspaces have), `redirect_to` is an address that
        downloads are sent on to.
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
        """A file of the app that has no bytes yet; its `upload_ticket` is where they go."""
        description = self._describe(name, self.installation.bot_user_id, created, size=length)
        stored = StoredFile(description, upload_ticket=self.workspace.new_id("").lower(), pending=True)
        self._stored[stored.id] = stored
        return stored

    def receive(self, ticket: str, data: bytes) -> bool:
        """The bytes of an upload; False when the ticket is used or unknown, or the length is not the one announced."""
        for stored in self._stored.values():
            if stored.upload_ticket == ticket and len(data) == stored.description["size"]:
                stored.content, stored.upload_ticket = data, ""
                return True
        return False

    def uploaded(self, file_id: str) -> StoredFile:
        """An upload that is ready to be completed; raises file_not_found for every other file."""
        stored = self._stored.get(file_id)
        if stored is None or not stored.pending or stored.upload_ticket:
            raise SlackError("file_not_found")
        return stored

    def described(self, file_id: str) -> Json:
        """For files.info; an upload exists for others once it is completed."""
        stored = self._stored.get(file_id)
        if stored is None or stored.pending:
            raise SlackError("file_not_found")
        if stored.deleted:
            raise SlackError("file_deleted")
        return stored.description

    @property
    def all(self) -> list[StoredFile]:
        return list(self._stored.values())

    def restore(self, stored: StoredFile) -> None:
        """A file from an earlier life."""
        self._stored[stored.id] = stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._stored.get(file_id)

    def content(self, file_id: str) -> bytes:
        return self._stored[file_id].content

    def delete(self, file_id: str) -> Json:
        """Returns what messages show in its place."""
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
