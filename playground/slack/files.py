"""Files that people attach to messages: their descriptions, and their bytes behind the token."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from playground.slack.installation import Installation
from playground.slack.scopes import Scopes
from playground.slack.workspace import Workspace

Json = dict[str, Any]
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Slack</body></html>"


class Files:
    """Files by id. Without a valid token Slack shows a login page, with status 200."""

    def __init__(self, workspace: Workspace, installation: Installation, scopes: Scopes) -> None:
        self._workspace = workspace
        self._installation = installation
        self._scopes = scopes
        self._contents: dict[str, bytes] = {}
        self.descriptions: dict[str, Json] = {}
        self.origin = ""

    def add(self, file: Mapping[str, Any], user: str, created: int) -> Json:
        """Store `{name, mimetype?, content?: bytes | str}`; returns the file object that messages carry."""
        unknown = set(file) - {"name", "mimetype", "content"}
        if unknown or not isinstance(file.get("name"), str):
            raise ValueError("a file is {name, mimetype?, content?}")
        content = file.get("content", b"")
        data = content.encode() if isinstance(content, str) else bytes(content)
        name = file["name"]
        file_id = self._workspace.new_id("F")
        address = f"{self.origin}/files-pri/{self._installation.team_id}-{file_id}"
        self._contents[file_id] = data
        self.descriptions[file_id] = {
            "id": file_id,
            "created": created,
            "name": name,
            "title": name,
            "mimetype": file.get("mimetype") or mimetypes.guess_type(name)[0] or "application/octet-stream",
            "filetype": name.rpartition(".")[2],
            "user": user,
            "size": len(data),
            "mode": "hosted",
            "url_private": f"{address}/{name}",
            "url_private_download": f"{address}/download/{name}",
            "file_access": "visible",
        }
        return self.descriptions[file_id]

    async def handle(self, request: web.Request) -> web.Response:
        """GET /files-pri/TEAM-FILE/..."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != self._installation.bot_token or not self._scopes.has("files:read"):
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        file_id = request.match_info["file"].rpartition("-")[2]
        if file_id not in self._contents:
            return web.Response(status=404)
        return web.Response(body=self._contents[file_id], content_type=self.descriptions[file_id]["mimetype"])
