"""Files that a tool call has brought, shown in the thread of the call."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SlackFile, Thread
from agent_worker.slack.files.contents import DescribedFile, UnreadableError
from agent_worker.slack.files.upload import SlackUploads
from agent_worker.toolbox.tool_source import LONGEST_ATTACHING, NewFile

REFUSED = "Slack does not let it be shown in this thread"
AWAY = "Slack does not take it just now"
TOO_SLOW = "Slack has taken too long to show it"
KEY_CHARACTERS = 8
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CallPlace:
    """A call and its thread. `key` is the same in each attempt of the call, and in no other call.

    `since` is a moment (a `ts`) before the first attempt.
    """

    thread: Thread
    key: str
    since: str
    is_retry: bool


class SlackAttachments:
    """Only files are shown that the model can read, so that people and the model see the same."""

    def __init__(self, uploads: SlackUploads) -> None:
        self._uploads = uploads

    async def attach(self, files: Sequence[NewFile], place: CallPlace) -> list[SlackFile | str]:
        """Shows the files one after the other, each once, whatever an earlier attempt has shown.

        Returns for each the file at Slack, or why it is not shown. Never raises because of Slack.
        """
        shown: list[SlackFile | str] = []
        try:
            async with asyncio.timeout(LONGEST_ATTACHING.total_seconds()):
                for number, file in enumerate(files):
                    shown.append(await self._attached(file, _keyed(file.name, f"{place.key}:{number}"), place))
        except TimeoutError:
            logger.warning("a tool's files are not shown", extra={"reason": "too slow"})
        return shown + [TOO_SLOW] * (len(files) - len(shown))

    async def _attached(self, file: NewFile, name: str, place: CallPlace) -> SlackFile | str:
        described = DescribedFile(
            name=name, mimetype=file.mimetype, filetype="", size=len(file.data), url="", version=""
        )
        try:
            described.check_kind()
            described.parts(file.data)
            file_id = await self._shown(name, file.data, place)
        except UnreadableError as error:
            return str(error)
        except ApplicationError as error:
            logger.warning("a tool's file is not shown", extra={"reason": error.message})
            return AWAY
        return SlackFile(id=file_id, name=name, mimetype=file.mimetype, size=len(file.data)) if file_id else REFUSED

    async def _shown(self, name: str, data: bytes, place: CallPlace) -> str:
        """The id of the file that the thread shows; "" if Slack refuses."""
        found = await self._uploads.find(name, place.since) if place.is_retry else None
        upload = found or await self._uploads.upload(name, data, is_patient=False)
        if upload is None:
            return ""
        try:
            is_shown = await self._uploads.show(place.thread, upload, name)
        except ApplicationError:  # only the reply may be lost: then people see the file
            if await self._uploads.find(name, place.since) is None:
                raise
            is_shown = True
        return upload.id if is_shown else ""


def _keyed(name: str, key: str) -> str:
    """The name with the key in it, by which a next attempt finds the file: Slack has no other place for a key."""
    stem, dot, extension = name.rpartition(".")
    digest = hashlib.sha256(key.encode()).hexdigest()[:KEY_CHARACTERS]
    return f"{stem}-{digest}.{extension}" if dot else f"{name}-{digest}"
