"""Files that the agent puts into a thread."""

from __future__ import annotations

import logging

import aiohttp
from temporalio.exceptions import ApplicationError

from agent_worker.contract import Thread
from agent_worker.errors import SLACK_UNAVAILABLE, retryable
from agent_worker.slack_api import SlackApi, may_not_see

OK = 200
logger = logging.getLogger(__name__)


class SlackUploads:
    """Slack takes a file in three steps: an address, the bytes, and where it is to be shown."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def upload(self, thread: Thread, name: str, text: str) -> bool:
        """Shows the text as a file in the thread; False where the app may not. Raises ApplicationError otherwise."""
        content, client = text.encode(), self._api.client
        try:
            place = await self._api.call(client.files_getUploadURLExternal, filename=name, length=len(content))
        except ApplicationError as error:
            if not may_not_see(error):
                raise
            logger.warning("file not uploaded", extra={"reason": error.message})
            return False
        await self._send(str(place["upload_url"]), content)
        await self._api.call(
            client.files_completeUploadExternal,
            files=[{"id": place["file_id"], "title": name}],
            channel_id=thread.channel,
            thread_ts=thread.thread_ts,
        )
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
