"""The addresses of files: downloads, which need the bot's token, and uploads, which need a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from emulators.slack.backend import Backend

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Slack</body></html>"

Outcome = Literal["served", "login_page", "redirected", "not_found"]


@dataclass(frozen=True)
class Download:
    """One request for a file. `authorization` is the header, "" if there was none."""

    path: str
    authorization: str
    outcome: Outcome


class FileTransfers:
    """Serves downloads and uploads. Without a valid token, a download is a login page with status 200, as in Slack."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.downloads: list[Download] = []

    async def download(self, request: web.Request) -> web.Response:
        """GET /files-pri/TEAM-FILE/..."""
        authorization = request.headers.get("Authorization", "")
        outcome, answer = self._serve(request.match_info["file"].rpartition("-")[2], authorization)
        self.downloads.append(Download(request.path, authorization, outcome))
        self._backend.changes.nudge()
        return answer

    def _serve(self, file_id: str, authorization: str) -> tuple[Outcome, web.Response]:
        token = self._backend.installation.bot_token
        if authorization != f"Bearer {token}" or not self._backend.scopes.has("files:read"):
            return "login_page", web.Response(text=LOGIN_PAGE, content_type="text/html")
        file = self._backend.files.get(file_id)
        if file is None or file.pending or file.deleted:
            return "not_found", web.Response(status=404)
        if file.redirect_to:
            return "redirected", web.Response(status=302, headers={"Location": file.redirect_to})
        return "served", web.Response(body=file.content, content_type=file.description["mimetype"])

    async def upload(self, request: web.Request) -> web.Response:
        """POST /upload/v1/TICKET: the bytes as the body, or as the first file of a multipart form."""
        data = await _sent(request)
        if not self._backend.files.receive(request.match_info["ticket"], data):
            return web.Response(status=400, text="the address has been used, or these are not the bytes announced")
        self._backend.changes.nudge()
        return web.Response(text=f"OK - {len(data)}")


async def _sent(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    fields = [value for value in form.values() if isinstance(value, web.FileField)]
    return fields[0].file.read() if fields else b""
