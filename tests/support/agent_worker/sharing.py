"""Files that Anna shares in a thread, and what the model gets of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.model import FILE_PART, Content
from agent_worker.slack.files.contents import Part
from emulators.server import Server
from tests.support.agent_worker.slack_stage import SlackStage

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
NOTES = {"name": "notes.txt", "content": "hello"}
PICTURE = {"name": "chart.png", "content": PNG}
TURN = "1.0"


def shared(stage: SlackStage, *files: dict[str, Any]) -> Content:
    """Files that Anna shares in the thread, as the transcript names them."""
    ts = stage.slack.say(stage.anna, stage.channel, "look", thread_ts=stage.root, files=list(files))
    (message,) = [message for message in stage.slack.thread(stage.channel, stage.root) if message.ts == ts]
    named = [SlackFile(id=file["id"], name=file.get("name", "unnamed")) for file in message.files]
    return {"role": "user", "parts": [{"text": "anna: look"}, *({FILE_PART: file.model_dump()} for file in named)]}


def ids(content: Content) -> list[str]:
    return [part[FILE_PART]["id"] for part in content["parts"] if FILE_PART in part]


async def filled(stage: SlackStage, *contents: Content, turn: str = TURN, attempt: int = 1) -> list[list[Part]]:
    """The parts of each content, when the model is asked in this turn."""
    return [content["parts"] for content in await stage.ours.files.filled(contents, turn, attempt)]


async def made_of(stage: SlackStage, *files: dict[str, Any]) -> list[Part]:
    """What the model gets of files that Anna has just shared."""
    ((_, *parts),) = await filled(stage, shared(stage, *files))
    return parts


def change(stage: SlackStage, file_id: str, **facts: Any) -> None:
    """Slack describes the file otherwise from now on."""
    file = stage.slack._backend.files.get(file_id)
    assert file is not None
    file.description.update(facts)


def named(name: str, **more: str) -> Part:
    """The object of a file."""
    return {"text": json.dumps({"file": name, **more}, ensure_ascii=False, separators=(",", ":"))}


def picture(data: bytes, mimetype: str = "image/png") -> Part:
    return {"inlineData": {"mimeType": mimetype, "data": data}}


def unreadable(name: str, reason: str) -> list[Part]:
    return [named(name, unreadable=reason)]


@asynccontextmanager
async def elsewhere(answer: Callable[[web.Request], web.StreamResponse]) -> AsyncIterator[str]:
    """A host that is not the emulator and answers any GET; gives its address."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return answer(request)

    server = Server(0, [("GET", "/{path:.*}", handle)])
    yield await server.start()
    await server.stop()
