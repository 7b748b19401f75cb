"""Files of Slack messages, put in their place whenever the model is asked."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import httpx
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

# Of the 20 MB that Gemini takes (https://ai.google.dev/gemini-api/docs/files), what instructions and tools leave.
LARGEST_REQUEST = 19_000_000
MOST_FILES = 20  # in one conversation, the newest; each is looked up once in a turn
CACHED_BYTES = 64_000_000
CACHED_LOOKS = 1_000
PATIENT_ATTEMPTS = 10  # a minute and more; a file that never comes must not hold up the conversation for ever
NOT_PERMITTED = "the app is not permitted to read files in this workspace"
_REFUSED = {
    "file_not_found": DELETED,
    "file_deleted": DELETED,
    "missing_scope": NOT_PERMITTED,
    "access_denied": NOT_SHOWN,
}


class SlackFiles:
    """History holds what a file is called; its bytes are here, for as long as there is room, or are fetched again.

    Slack is asked what has become of a file once in each turn, so that a deleted one is not shown from the cache in
    the next turn, and the model calls of one turn all see the same.
    """

    def __init__(self, api: SlackApi, http: httpx.AsyncClient, token: SecretStr, slack_url: HttpUrl) -> None:
        self._api = api
        self._downloads = SlackDownloads(http, token, slack_url)
        self._looks: OrderedDict[tuple[str, str], DescribedFile | str] = OrderedDict()
        self._cached: OrderedDict[str, bytes] = OrderedDict()

    async def filled(self, contents: Sequence[Content], turn: str, attempt: int = 1) -> list[Content]:
        """The contents with each file in its place, or with a sentence that says why it cannot be read.

        The newest come first where not all have room. Raises a retryable ApplicationError when Slack cannot be asked;
        a download that has failed in so many attempts (`attempt` counts this one too) is given up.
        """
        files = {file.id: file for file in map(_file, reversed(_file_parts(contents)))}
        newest = list(files.values())[:MOST_FILES]
        looks = await asyncio.gather(*(self._look(turn, file) for file in newest))
        room = LARGEST_REQUEST - (len(json.dumps(contents)) if files else 0)
        parts: dict[str, list[Part]] = {}
        for file, look in zip(newest, looks, strict=True):
            parts[file.id] = await self._parts(file, look, room, is_patient=attempt <= PATIENT_ATTEMPTS)
            room -= sum(map(sent_size, parts[file.id]))
        return _with_files(contents, parts)

    async def _look(self, turn: str, file: SlackFile) -> DescribedFile | str:
        """The file as Slack describes it, or why it does not."""
        key = (turn, file.id)
        if key not in self._looks:
            self._looks[key] = await self._ask(file)
        self._looks.move_to_end(key)
        look = self._looks[key]
        while len(self._looks) > CACHED_LOOKS:
            self._looks.popitem(last=False)
        return look

    async def _ask(self, file: SlackFile) -> DescribedFile | str:
        try:
            answer = await self._api.call(self._api.client.files_info, file=file.id)
        except ApplicationError as error:
            if error.type == SLACK_REFUSED or error.message in _REFUSED:
                return _REFUSED.get(error.message, NOT_SHOWN)
            raise
        return DescribedFile.read(answer.get("file") or {}, file)

    async def _parts(self, file: SlackFile, look: DescribedFile | str, room: int, *, is_patient: bool) -> list[Part]:
        if isinstance(look, str):
            return [unreadable(file.name, look)]
        try:
            look.check()
            _check_room(min(look.size, look.at_most) * 4 // 3, room)
            parts = look.parts(await self._bytes(look))
            _check_room(sum(map(sent_size, parts)), room)
        except UnreadableError as error:
            return [unreadable(look.name, str(error))]
        except ApplicationError:
            if is_patient:
                raise
            return [unreadable(look.name, "Slack has failed to give it out several times")]
        return parts

    async def _bytes(self, file: DescribedFile) -> bytes:
        """The file, or one byte more than can be used of it."""
        if file.version in self._cached:
            self._cached.move_to_end(file.version)
            return self._cached[file.version]
        at_most = file.at_most + 1
        came = await self._downloads.fetch(file.url, at_most)
        # In place of a file that the app may not read, Slack serves its login page, as if nothing were wrong.
        if came.is_page and not (file.is_html and len(came.data) == min(file.size, at_most)):
            raise UnreadableError(NOT_PERMITTED)
        self._keep(file.version, came.data)
        return came.data

    def _keep(self, version: str, data: bytes) -> None:
        self._cached[version] = data
        while sum(map(len, self._cached.values())) > CACHED_BYTES:
            self._cached.popitem(last=False)


def _check_room(size: int, room: int) -> None:
    if size > room:
        raise UnreadableError("together with the newer files it is more than can be read at once")


def _file_parts(contents: Sequence[Content]) -> list[Part]:
    return [part for content in contents for part in content["parts"] if FILE_PART in part]


def _file(part: Part) -> SlackFile:
    return SlackFile.model_validate(part[FILE_PART])


def _with_files(contents: Sequence[Content], parts: Mapping[str, list[Part]]) -> list[Content]:
    """Each file in its place, where it was sent last; before that it is only named."""
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
