"""Files that the agent uploads into a thread."""

from __future__ import annotations

import logging
from http import HTTPStatus

import aiohttp
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack.api import SlackApi
from agent_worker.slack.refusals import is_refusal

logger = logging.getLogger(__name__)


class SlackUploads:
    """Slack takes a file in three calls: ask for an address, send the bytes there, show the file in a thread."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def upload(self, name: str, text: str, *, is_patient: bool = True) -> str | None:
        """Makes the first two calls. Returns the id of a file that nobody sees yet; None if the app may not upload.

        Raises ApplicationError (retryable) if Slack cannot be reached now. The bytes go to another host than all other
        calls; if that host cannot be reached from here, retries never help and the answer would wait for ever. So
        without `is_patient` the result is None in that case too.
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
        """Makes the third call: shows the uploaded file in the thread. False if the app may not.

        Raises ApplicationError (retryable) if Slack cannot be reached now.
        """
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
                if response.status != HTTPStatus.OK:
                    raise retryable(SLACK_UNAVAILABLE, f"upload: http_{response.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise retryable(SLACK_UNAVAILABLE, type(error).__name__) from None


def _raise_unless_refused(error: ApplicationError) -> None:
    if not is_refusal(error):
        raise error
    logger.warning("file not uploaded", extra={"reason": error.message})
