"""The stream of patches to an open page, as Server-Sent Events: what is new or changed, and what is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import web

from emulators.slack.state.changes import ChangeLog
from playground.page.fields import Json
from playground.page.headers import HEADERS
from playground.page.snapshots import Snapshot, Snapshots

PAUSE_SECONDS = 0.04  # between two patches
SIGN_OF_LIFE_SECONDS = 15.0  # without a change until a sign of life is sent
SIGN_OF_LIFE = b": still here\n\n"


class Updates:
    """Each open page has a connection of its own. Its first patch holds everything."""

    def __init__(self, snapshots: Snapshots, changes: ChangeLog) -> None:
        self._snapshots = snapshots
        self._changes = changes

    async def follow(self, request: web.Request) -> web.StreamResponse:
        headers = HEADERS | {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # the page was closed
            await self._send_changes(response)
        return response

    async def _send_changes(self, response: web.StreamResponse) -> None:
        shown = self._snapshots.take()
        await response.write(_event(patch({}, shown) | {"reset": True}))
        while not self._changes.closed:
            now = self._snapshots.take()
            changed = patch(shown, now)
            shown = now
            if changed["set"] or changed["remove"]:
                await response.write(_event(changed))
                await asyncio.sleep(PAUSE_SECONDS)
            elif not await self._has_change():
                await response.write(SIGN_OF_LIFE)

    async def _has_change(self) -> bool:
        """Waits for a change, visible in the page or not. Returns False if there was none for 15 s."""
        now = asyncio.get_running_loop().time
        began = now()
        await self._changes.wait(SIGN_OF_LIFE_SECONDS)
        return now() - began < SIGN_OF_LIFE_SECONDS


def patch(before: Snapshot, now: Snapshot) -> Json:
    """{set, remove}: the changes that turn `before` into `now`."""
    changed = {key: value for key, value in now.items() if before.get(key) is not value and before.get(key) != value}
    return {"set": changed, "remove": [key for key in before if key not in now]}


def _event(content: Json) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"event: patch\ndata: {text}\n\n".encode()
