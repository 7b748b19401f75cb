"""The local Slack in files, so that its conversations survive a restart: one of JSON, and one for each file."""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
from pathlib import Path

from emulators.slack.emulator import SlackEmulator
from emulators.slack.snapshot import UnusableSnapshotError, restore, take_snapshot
from emulators.slack.state.files import StoredFile

PAUSE_SECONDS = 2.0  # between a change and the moment from which it survives a crash
LONGEST_PAUSE_SECONDS = 30.0
_FILE_ID = re.compile(r"[A-Z0-9]+")


class Keeper:
    """Keeps an emulator in `directory`, beginning with what is there."""

    def __init__(self, slack: SlackEmulator, directory: Path) -> None:
        self._slack = slack
        self._state = directory / "slack.json"
        self._files = directory / "files"
        self._written = ""
        self._turn = threading.Lock()  # a save that nobody waits for any more still ends before the next

    def load(self) -> bool:
        """False when there is nothing, or nothing of use: that is set aside, and the workspace is new."""
        try:
            text = self._state.read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        try:
            kept = json.loads(text)
            # Files are fetched from this address, whatever port it had before.
            kept = json.loads(text.replace(f"{kept['origin']}/files-pri/", f"{self._slack.url}/files-pri/"))
            restore(self._slack.backend, kept, self._content)
        except (ValueError, KeyError, TypeError, UnusableSnapshotError):
            self._state.replace(self._state.with_suffix(".unreadable"))
            return False
        return True

    async def keep(self) -> None:
        """Saves whenever something has changed, until it is cancelled."""
        while True:
            await self._slack.backend.changes.wait(LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)
            await self.save()

    async def save(self) -> None:
        backend = self._slack.backend
        kept, files = take_snapshot(backend), backend.files.all
        await asyncio.to_thread(self._write, kept, files)

    def _write(self, kept: dict[str, object], files: list[StoredFile]) -> None:
        with self._turn:
            self._write_files(files)
            self._write_state(kept)

    def _write_files(self, files: list[StoredFile]) -> None:
        self._files.mkdir(parents=True, exist_ok=True)
        for file in files:
            path = self._files / file.id
            if file.content and not path.exists():
                _replace(path, file.content)

    def _write_state(self, kept: dict[str, object]) -> None:
        last_ts = kept.pop("last_ts")
        text = json.dumps(kept, ensure_ascii=False)
        if text != self._written:
            _replace(self._state, json.dumps(kept | {"last_ts": last_ts}, ensure_ascii=False).encode())
            self._written = text

    def _content(self, file_id: str) -> bytes:
        path = self._files / file_id
        return path.read_bytes() if _FILE_ID.fullmatch(file_id) and path.exists() else b""


def _replace(path: Path, content: bytes) -> None:
    """Either all of it is there afterwards or what was there before, whenever the power fails."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
