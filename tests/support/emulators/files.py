"""Files that people share and that the app uploads, and requests for their bytes."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.support.emulators.scene import Scene

NOTES = {"name": "notes.txt", "content": "hello"}


def shared(stage: Scene, **fields: Any) -> dict[str, Any]:
    """A file that Anna shares, as her message carries it."""
    ts = stage.slack.say(stage.anna, stage.general, "read this", files=[NOTES | fields])
    (message,) = [message for message in stage.slack.messages(stage.general) if message.ts == ts]
    return message.files[0]


async def described(stage: Scene, file_id: str) -> dict[str, Any]:
    """What files.info says."""
    file: dict[str, Any] = (await stage.client.files_info(file=file_id))["file"]
    return file


async def download(stage: Scene, url: str, token: str | None = None, **options: Any) -> tuple[int, str, str]:
    """Status, content type and text."""
    headers = {"Authorization": f"Bearer {stage.slack.bot_token if token is None else token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, **options) as response:
        return response.status, response.content_type, await response.text()


async def begin_upload(stage: Scene, length: int = 5, name: str = "plot.csv") -> tuple[str, str]:
    """The address for the bytes, and the file's id."""
    answer = await stage.client.files_getUploadURLExternal(filename=name, length=length)
    return str(answer["upload_url"]), str(answer["file_id"])


async def upload(url: str, data: Any) -> tuple[int, str]:
    """Status and text."""
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as response:
        return response.status, await response.text()
