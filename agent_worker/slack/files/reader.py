"""The files of Slack messages, put into the transcript each time that the model is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

import httpx
from cachetools import LRUCache
from pydantic import HttpUrl, SecretStr
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.errors import SLACK_REFUSED
from agent_worker.payloads.model import FILE_PART, Content
from agent_worker.slack.api import SlackApi
from agent_worker.slack.files.contents import (
    DELETED,
    NOT_SHOWN,
    DescribedFile,
    Part,
    UnreadableError,
    mention,
    sent_size,
    unreadable,
)
from agent_worker.slack.files.download import SlackDownloads

# Bytes. Gemini takes 20 MB in a request (https://ai.google.dev/gemini-api/docs/files); the rest is for the instructions
# and the tools.
LARGEST_REQUEST = 19_000_000
MOST_FILES = 20  # of one conversation, the newest; Slack is asked about each of them once in a turn
CACHED_BYTES = 64_000_000  # of all conversations of this worker together
CACHED_DESCRIPTIONS = 1_000
# The attempts of an activity in which a failed download fails the attempt: more than a minute. After that the file is
# left out, so that it does not hold up the conversation for ever.
PATIENT_ATTEMPTS = 10
NOT_PERMITTED = "the app is not permitted to read files in this workspace"
_REFUSED = {
    "file_not_found": DELETED,
    "file_deleted": DELETED,
    "missing_scope": NOT_PERMITTED,
    "access_denied": NOT_SHOWN,
}


class SlackFiles:
    """Downloads files and remembers the newest. Temporal's history holds only the names, never the bytes.

    Slack is asked about each file once in a turn. So all model calls of a turn see the same file, and a file that was
    deleted is gone from the next turn on, even if its bytes are still remembered.
    """

    def __init__(self, api: SlackApi, http: httpx.AsyncClient, token: SecretStr, slack_url: HttpUrl) -> None:
        self._api = api
        self._downloads = SlackDownloads(http, token, slack_url)
        self._descriptions: LRUCache[tuple[str, str], DescribedFile | str] = LRUCache(CACHED_DESCRIPTIONS)
        self._bytes: LRUCache[str, bytes] = LRUCache(CACHED_BYTES, getsizeof=len)

    async def filled(self, contents: Sequence[Content], turn: str, attempt: int = 1) -> list[Content]:
        """The contents with each file in its place, or with a sentence that says why the file cannot be read.

        If there is not room for all, the newest files are taken. Raises ApplicationError (retryable) if Slack cannot
        be reached. `attempt` is the activity's, from 1: after `PATIENT_ATTEMPTS`, a failed download no longer raises,
        and a sentence takes the place of the file.
        """
        files = {file.id: file for file in map(_file, reversed(_file_parts(contents)))}
        newest = list(files.values())[:MOST_FILES]
        descriptions = await asyncio.gather(*(self._description(turn, file) for file in newest))
        room = LARGEST_REQUEST - (len(json.dumps(contents)) if files else 0)
        parts: dict[str, list[Part]] = {}
        for file, description in zip(newest, descriptions, strict=True):
            parts[file.id] = await self._parts(file, description, room, is_patient=attempt <= PATIENT_ATTEMPTS)
            room -= sum(map(sent_size, parts[file.id]))
        return _with_files(contents, parts)

    async def _description(self, turn: str, file: SlackFile) -> DescribedFile | str:
        """The file as Slack describes it in this turn, or the reason why Slack does not."""
        key = (turn, file.id)
        description = self._descriptions.get(key)
        if description is None:
            description = self._descriptions[key] = await self._ask(file)
        return description

    async def _ask(self, file: SlackFile) -> DescribedFile | str:
        try:
            answer = await self._api.call(self._api.client.files_info, file=file.id)
        except ApplicationError as error:
            if error.type == SLACK_REFUSED or error.message in _REFUSED:
                return _REFUSED.get(error.message, NOT_SHOWN)
            raise
        return DescribedFile.read(answer.get("file") or {}, file)

    async def _parts(
        self, file: SlackFile, described: DescribedFile | str, room: int, *, is_patient: bool
    ) -> list[Part]:
        """The file for the model, in at most `room` bytes of the request."""
        if isinstance(described, str):
            return [unreadable(file.name, described)]
        if described.transcript and not described.refusal:
            return [described.transcribed()]
        try:
            described.check()
            _check_room(min(described.size, described.useful_bytes) * 4 // 3, room)  # as base64
            parts = described.parts(await self._content(described))
            _check_room(sum(map(sent_size, parts)), room)
        except UnreadableError as error:
            return [unreadable(described.name, str(error))]
        except ApplicationError:
            if is_patient:
                raise
            return [unreadable(described.name, "Slack has failed to give it out several times")]
        return parts

    async def _content(self, file: DescribedFile) -> bytes:
        """The bytes of the file; of a larger file, one byte more than can be used, so that the caller notices."""
        content = self._bytes.get(file.version)
        if content is not None:
            return content
        at_most = file.useful_bytes + 1
        download = await self._downloads.fetch(file.url, at_most)
        # For a file that the app may not read, Slack sends its login page with status 200.
        if download.is_page and not (file.is_html and len(download.data) == min(file.size, at_most)):
            raise UnreadableError(NOT_PERMITTED)
        self._bytes[file.version] = download.data
        return download.data


def _check_room(size: int, room: int) -> None:
    if size > room:
        raise UnreadableError("together with the newer files it is more than can be read at once")


def _file_parts(contents: Sequence[Content]) -> list[Part]:
    return [part for content in contents for part in content["parts"] if FILE_PART in part]


def _file(part: Part) -> SlackFile:
    return SlackFile.model_validate(part[FILE_PART])


def _with_files(contents: Sequence[Content], parts: Mapping[str, list[Part]]) -> list[Content]:
    """Puts each file where it was sent last; where it was sent before, only its name stays."""
    left = dict(parts)
    filled: list[Content] = []
    for content in reversed(contents):
        placed = [_placed(part, left, parts) if FILE_PART in part else [part] for part in reversed(content["parts"])]
        filled.append({**content, "parts": [part for ready in reversed(placed) for part in ready]})
    return filled[::-1]


def _placed(part: Part, left: dict[str, list[Part]], parts: Mapping[str, list[Part]]) -> list[Part]:
    file = _file(part)
    if file.id not in parts:
        return [unreadable(file.name, f"only the newest {MOST_FILES} files of a conversation are read")]
    return left.pop(file.id, [mention(file.name)])
