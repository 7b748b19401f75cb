"""What the page shows, as it changes: Server-Sent Events with what is new and what is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import web

from emulators.slack.state.changes import ChangeLog
from playground.page.policy import HEADERS
from playground.page.view import Json, Map, View

PAUSE_SECONDS = 0.04  # between two patches
SIGN_OF_LIFE_SECONDS = 15.0
SIGN_OF_LIFE = b": still here\n\n"


class Live:
    """Every page that is open has a connection; each starts with everything that there is."""

    def __init__(self, view: View, changes: ChangeLog) -> None:
        self._view = view
        self._changes = changes

    async def follow(self, request: web.Request) -> web.StreamResponse:
        headers = HEADERS | {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # the page was closed
            await self._send_changes(response)
        return response

    async def _send_changes(self, response: web.StreamResponse) -> None:
        shown = self._view.render()
        await response.write(_event(patch({}, shown) | {"reset": True}))
        while not self._changes.closed:
            now = self._view.render()
            changed = patch(shown, now)
            shown = now
            if changed["set"] or changed["remove"]:
                await response.write(_event(changed))
                await asyncio.sleep(PAUSE_SECONDS)
            elif not await self._moves():
                await response.write(SIGN_OF_LIFE)

    async def _moves(self) -> bool:
        """Waits until something happens, visible or not; False when nothing did for long."""
        now = asyncio.get_running_loop().time
        began = now()
        await self._changes.wait(SIGN_OF_LIFE_SECONDS)
        return now() - began < SIGN_OF_LIFE_SECONDS


def patch(before: Map, now: Map) -> Json:
    """What makes the one map the other."""
    changed = {key: value for key, value in now.items() if before.get(key) is not value and before.get(key) != value}
    return {"set": changed, "remove": [key for key in before if key not in now]}


def _event(content: Json) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return f"event: patch\ndata: {text}\n\n".encode()
