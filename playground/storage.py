"""The local Slack on disk, so that conversations survive a restart: slack.json, and one file for each upload."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
from pathlib import Path

from emulators.slack.emulator import SlackEmulator
from emulators.slack.snapshot import UnusableSnapshotError, restore, take_snapshot
from emulators.slack.state.files import StoredFile
from playground.kept_data import UnreadableError
from process import lifetime

PAUSE_SECONDS = 2.0  # from a change to its saving: a crash in between loses it
LONGEST_PAUSE_SECONDS = 30.0  # without any change until it is saved once more
_FILE_ID = re.compile(r"[A-Z0-9]+")


class Storage:
    """Saves an emulator in `directory` and loads it from there."""

    def __init__(self, slack: SlackEmulator, directory: Path) -> None:
        self._slack = slack
        self._state = directory / "slack.json"
        self._files = directory / "files"
        self._written = ""
        self._trouble = ""
        self._lock = threading.Lock()  # a cancelled save goes on in its thread; the next save waits for it

    def load(self) -> bool:
        """Returns whether there was a state to load.

        Raises UnreadableError for one that cannot be used. It stays as it is, and nothing may be saved over it.
        """
        try:
            text = self._state.read_text(encoding="utf-8")
            kept = json.loads(text)
            # The addresses of files name the port of the last run; they get the port of this run.
            kept = json.loads(text.replace(f"{kept['origin']}/files-pri/", f"{self._slack.url}/files-pri/"))
            restore(self._slack.backend, kept, self._content)
        except FileNotFoundError:
            return False
        except UnusableSnapshotError as error:
            raise self._unreadable(f"cannot be used: {error}") from error
        except OSError as error:
            raise self._unreadable(f"cannot be read ({error.strerror})") from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise self._unreadable("is damaged: it is not what was saved there") from error
        return True

    def _unreadable(self, reason: str) -> UnreadableError:
        """Conversations belong to the messages, and files to their ids: all of the folder is set aside together."""
        return UnreadableError(self._state, f"{reason}; it holds the messages of the local Slack", moved="*")

    async def keep_saving(self) -> None:
        """Saves after each change, until it is cancelled."""
        while True:
            await self._slack.backend.changes.wait(LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(PAUSE_SECONDS)
            await self._try_to_save()

    async def _try_to_save(self) -> None:
        """A full disk ends nothing: the messages are in memory, and the next time may do."""
        try:
            await self.save()
        except OSError as error:
            self._tell(f"the messages cannot be saved in {self._state.parent} ({error.strerror}); trying again")
        else:
            self._tell("")

    def _tell(self, trouble: str) -> None:
        """Prints a trouble when it begins, and that it is over."""
        if trouble != self._trouble:
            print(f" slack | {trouble or 'the messages are saved again'}", flush=True)
            self._trouble = trouble

    async def save_at_the_end(self) -> None:
        """Saves once more. If that fails, what was said last is lost: exits with code 1 and a sentence."""
        try:
            await self.save()
        except OSError as error:
            print(f"The last messages are not saved in {self._state.parent} ({error.strerror}).", file=sys.stderr)
            raise SystemExit(lifetime.FAILED) from error

    async def save(self) -> None:
        """Saves the state as it is now. Writes nothing if nothing has changed."""
        backend = self._slack.backend
        kept, files = take_snapshot(backend), backend.files.all
        await asyncio.to_thread(self._write, kept, files)

    def _write(self, kept: dict[str, object], files: list[StoredFile]) -> None:
        with self._lock:
            self._write_files(files)
            self._write_state(kept)

    def _write_files(self, files: list[StoredFile]) -> None:
        self._files.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    """Replaces a file in one step: after a crash or a power failure it has its old or its new content, never a part."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)  # a crash may have left it
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
