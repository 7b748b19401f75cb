"""Files that the agent uploads into a thread.

Slack shows a file some time after it has taken it, and sometimes never. So a file is looked after until it is shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack.api import SlackApi
from agent_worker.slack.refusals import is_refusal
from agent_worker.slack.standing_status import StandingStatuses

# Seconds between two looks whether the file is shown. After the last one it is taken for a file that never will be.
SHARE_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """A file at Slack. `is_complete`: Slack was told already in which thread to show it."""

    id: str
    is_complete: bool = False


class SlackUploads:
    """Slack takes a file in three calls: ask for an address, send the bytes there, show the file in a thread."""

    def __init__(self, api: SlackApi, bot_user_id: str, standing: StandingStatuses | None = None) -> None:
        self._api = api
        self._bot_user_id = bot_user_id
        self._standing = standing or StandingStatuses()

    async def upload(self, name: str, content: bytes, *, is_patient: bool = True) -> Upload | None:
        """Makes the first two calls. Returns a file that nobody sees yet; None if the app may not upload.

        Raises ApplicationError (retryable) if Slack cannot be reached now. The bytes go to another host than all other
        calls; if that host cannot be reached from here, retries never help and the answer would wait for ever. So
        without `is_patient` the result is None in that case too.
        """
        try:
            place = await self._api.call(
                self._api.client.files_getUploadURLExternal, filename=name, length=len(content)
            )
        except ApplicationError as error:
            _raise_unless_refused(error)
            return None
        try:
            await self._send(str(place["upload_url"]), content)
        except ApplicationError:
            if is_patient:
                raise
            logger.warning("file not uploaded", extra={"reason": "unreachable"})
            return None
        return Upload(str(place["file_id"]))

    async def find(self, name: str, since: str) -> Upload | None:
        """The file of this name, if all three calls for it were made since that moment (a `ts`).

        Raises ApplicationError (retryable) if Slack cannot be reached now.
        """
        try:
            answer = await self._api.call(
                self._api.client.files_list, user=self._bot_user_id, ts_from=str(int(float(since)))
            )
        except ApplicationError as error:
            _raise_unless_refused(error)
            return None
        found = [str(file["id"]) for file in answer.get("files") or [] if file.get("name") == name]
        return Upload(found[0], is_complete=True) if found else None

    async def show(self, thread: Thread, upload: Upload, name: str) -> bool:
        """Makes the third call if it was not made, and returns when the thread shows the file.

        If Slack refuses, or if the file does not appear, the result is False and the file never will be shown. Raises
        ApplicationError (retryable) if Slack cannot be reached now.
        """
        is_complete = upload.is_complete or await self._complete(thread, upload.id, name)
        return is_complete and await self._is_shown(thread, upload.id)

    async def _is_shown(self, thread: Thread, file: str) -> bool:
        """Waits until the thread shows the file. If that takes too long, deletes the file and returns False."""
        for pause in (*SHARE_PAUSES, None):
            try:
                answer = await self._api.call(self._api.client.files_info, file=file)
            except ApplicationError as error:
                _raise_unless_refused(error)
                return True  # the app may show files, but not look at them
            if _is_in(thread, answer.get("file") or {}):
                return True
            if pause is not None:
                await asyncio.sleep(pause)
        logger.warning("file not shown", extra={"reason": "no message has it"})
        await self._delete(file)
        return False

    async def _delete(self, file: str) -> None:
        try:
            await self._api.call(self._api.client.files_delete, file=file)
        except ApplicationError as error:
            _raise_unless_refused(error)

    async def _complete(self, thread: Thread, file: str, name: str) -> bool:
        """False if the app may not."""
        try:
            await self._api.call(
                self._api.client.files_completeUploadExternal,
                files=[{"id": file, "title": name}],
                channel_id=thread.channel,
                thread_ts=thread.thread_ts,
            )
        except ApplicationError as error:
            _raise_unless_refused(error)
            return False
        finally:
            self._standing.is_gone(thread)
        return True

    async def _send(self, address: str, content: bytes) -> None:
        session = self._api.client.session
        if session is None:
            raise TypeError("the client of a process has a session")
        try:
            async with session.post(address, data=content) as response:
                if response.status != HTTPStatus.OK:
                    raise retryable(SLACK_UNAVAILABLE, f"upload: http_{response.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise retryable(SLACK_UNAVAILABLE, type(error).__name__) from None


def _is_in(thread: Thread, file: Mapping[str, Any]) -> bool:
    """Whether a message of the thread has the file, by what Slack tells of the file."""
    shares: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] = file.get("shares") or {}
    return any(
        share.get("thread_ts") == thread.thread_ts for kind in shares.values() for share in kind.get(thread.channel, ())
    )


def _raise_unless_refused(error: ApplicationError) -> None:
    if not is_refusal(error):
        raise error
    logger.warning("file not uploaded", extra={"reason": error.message})
