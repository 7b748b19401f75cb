"""Files that the agent puts into a thread."""

from __future__ import annotations

import logging

import aiohttp
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack.api import SlackApi, may_not_see

OK = 200
logger = logging.getLogger(__name__)


class SlackUploads:
    """Slack takes a file in three steps: an address, the bytes, and where it is to be shown."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def sent(self, name: str, text: str, *, is_patient: bool = True) -> str | None:
        """The id of a new file that nobody sees yet; None where the app may not have one.

        Raises a retryable ApplicationError when it cannot be made just now. Slack takes the bytes at another address
        than everything else, and one that is never reached must not hold up an answer for ever: without `is_patient`
        that is None too.
        """
        content = text.encode()
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
        return str(place["file_id"])

    async def show(self, thread: Thread, file: str, name: str) -> bool:
        """Shows a file that was sent in the thread; False where the app may not. Raises ApplicationError otherwise."""
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
        return True

    async def _send(self, address: str, content: bytes) -> None:
        session = self._api.client.session
        if session is None:
            raise TypeError("the client of a process has a session")
        try:
            async with session.post(address, data=content) as response:
                if response.status != OK:
                    raise retryable(SLACK_UNAVAILABLE, f"upload: http_{response.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise retryable(SLACK_UNAVAILABLE, type(error).__name__) from None


def _raise_unless_refused(error: ApplicationError) -> None:
    if not may_not_see(error):
        raise error
    logger.warning("file not uploaded", extra={"reason": error.message})
