"""The routes of the page: its files, and its requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from emulators.server import Route
from emulators.slack.emulator import SlackEmulator
from playground.page.actions import Actions
from playground.page.faults import Faults
from playground.page.fields import Fields, RefusedError
from playground.page.headers import HEADERS
from playground.page.inside.workflow_runs import WorkflowRuns
from playground.page.snapshots import Snapshots
from playground.page.surroundings import Surroundings
from playground.page.updates import Updates
from process.door import Handler

STATIC = Path(__file__).parent / "static"
# Named here, because the tables of types that machines have differ, and some do not know fonts.
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
# Uploaded files of these types are shown in the page. All others are downloaded, so that no upload runs in the page.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf")
_FILE_POLICY = {"Content-Security-Policy": "default-src 'none'; sandbox"}


class Site:
    """`routes` have to be added to the emulator before it starts."""

    def __init__(self, slack: SlackEmulator, surroundings: Surroundings) -> None:
        self._slack = slack
        self._actions = Actions(slack, surroundings)
        self._faults = Faults(slack, surroundings)
        self._updates = Updates(Snapshots(slack, surroundings), slack.backend.changes)
        self._runs = WorkflowRuns(surroundings, slack.backend.reader, slack.team_id)

    def routes(self) -> list[Route]:
        return [
            ("GET", "/", self._guarded(self._index)),
            ("GET", "/page/live", self._guarded(self._updates.follow)),
            ("GET", "/page/inside", self._guarded(self._run)),
            ("GET", "/page/inside/step", self._guarded(self._step)),
            ("GET", "/page/file/{file}", self._guarded(self._file)),
            ("POST", "/page/do/{what}", self._guarded(self._act(self._actions.do))),
            ("POST", "/page/break/{what}", self._guarded(self._act(self._faults.do))),
            ("GET", "/page/{name:.+}", self._guarded(self._static)),
        ]

    def _guarded(self, serve: Handler) -> Handler:
        """Turns errors into JSON with a sentence, and adds the security headers."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                response = await serve(request)
            except RefusedError as refusal:
                response = web.json_response({"error": str(refusal)}, status=refusal.status)
            except ValueError as error:
                response = web.json_response({"error": str(error)}, status=400)
            except web.HTTPRequestEntityTooLarge:
                response = web.json_response({"error": "that is more than fits: 5 MB at once"}, status=400)
            if not response.prepared:
                response.headers.update(
                    {name: value for name, value in HEADERS.items() if name not in response.headers}
                )
            return response

        return handle

    def _act(self, act: Callable[[str, Fields], Awaitable[dict[str, Any]]]) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return web.json_response(await act(request.match_info["what"], await Fields.read(request)))

        return handle

    async def _run(self, request: web.Request) -> web.StreamResponse:
        fields = await Fields.read(request)
        return web.json_response(await self._runs.describe(fields.text("channel"), fields.text("thread_ts")))

    async def _step(self, request: web.Request) -> web.StreamResponse:
        fields = await Fields.read(request)
        names = ("channel", "thread_ts", "run_id", "step")
        return web.json_response(await self._runs.open_step(*map(fields.text, names)))

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _served("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _served(request.match_info["name"])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """An uploaded file, for people who can see a message with it."""
        file_id, user = request.match_info["file"], request.query.get("user", "")
        file = self._slack.backend.files.get(file_id)
        if file is None or file.deleted or not self._can_see(user, file_id):
            raise RefusedError(404, "there is no such file here")
        kind = str(file.description["mimetype"])
        shown = "inline" if kind in _SHOWN else "attachment"
        response = web.Response(body=file.content, headers=_FILE_POLICY, content_type=kind if kind in _SHOWN else None)
        # aiohttp has no function that quotes a file name as RFC 6266 requires: other characters become "_".
        name = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file.description["name"])
        response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
        return response

    def _can_see(self, user: str, file_id: str) -> bool:
        """Whether the file is in a message of a channel that is public or has the person as a member."""
        channels = self._slack.backend.workspace.channels.values()
        places = [channel for channel in channels if not channel.is_private or user in channel.members]
        return any(file["id"] == file_id for place in places for one in place.messages.values() for file in one.files)


def _served(name: str) -> web.StreamResponse:
    """A file of the page, from any of its folders. RefusedError 404 for every other file.

    The browser asks each time whether the file has changed: somebody may be working on it.
    """
    root = STATIC.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file() or path.suffix not in _TYPES:
        raise RefusedError(404, f"the page has no file {name}")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache", "Content-Type": _TYPES[path.suffix]})
