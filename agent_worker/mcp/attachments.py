"""The pictures, sounds and files of a result: people see them in the thread, the model reads them from there.

A result is stored in Temporal's history, which is no place for their bytes.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from mcp.types import AudioContent, ContentBlock, EmbeddedResource, ImageContent, TextResourceContents

from agent_worker.contract.messages import SlackFile
from agent_worker.mcp.secrets import Secrets
from agent_worker.toolbox.tool_source import Attach, NewFile
from text import lines

MOST_FILES = 5  # of one result: each is a message in the thread, and the model is given 20 of a conversation
LONGEST_TEXT = 32 * 1024  # characters of a text in a result, of which other parts need room, too; longer ones are files
LONGEST_NAME = 80  # characters of a file's name
LONGEST_TYPE = 100  # characters of a MIME type
_EXTENSIONS = {"text/plain": "txt", "text/markdown": "md"}  # those that are not the name of the type
_SHORT = re.compile(r"[a-z0-9]{2,10}", re.ASCII)
_UNFIT = re.compile(r"[^\w.()+-]+")


@dataclass(frozen=True)
class Attachments:
    """`told` has what the model reads in the place of a block, by the block's index; `files` are those it is given."""

    told: Mapping[int, str]
    files: Sequence[SlackFile] = ()


@dataclass(frozen=True)
class _Medium:
    """A block that is shown as a file. `data` is in base64, unless it is a text, which can stay in the result, too."""

    what: str
    name: str
    mimetype: str
    data: str
    is_text: bool = False

    def file(self, secrets: Secrets) -> NewFile:
        """Raises ValueError for what is not base64."""
        content = self.data.encode(errors="replace") if self.is_text else base64.b64decode(self.data, validate=True)
        return NewFile(self.name, self.mimetype, _hidden_in(content, secrets))

    def left_out(self, reason: str) -> str:
        size = len(self.data) * 3 // 4
        return f"[{self.what} {self.name}, {self.mimetype or 'data'}, {size} bytes: left out, cannot be read: {reason}]"


async def attached(content: Sequence[ContentBlock], attach: Attach, secrets: Secrets) -> Attachments:
    """Shows what can be shown. What cannot is named, with the reason; of a text that cannot, nothing is told here."""
    media = dict(_media(content, secrets))
    chosen, reasons = _chosen(media, secrets)
    shown = dict(zip(chosen, await attach(list(chosen.values())) if chosen else [], strict=True))
    files = {index: file for index, file in shown.items() if isinstance(file, SlackFile)}
    reasons |= {index: reason for index, reason in shown.items() if isinstance(reason, str)}
    told = {index: f"[{media[index].what} {file.name}, attached]" for index, file in files.items()}
    told |= {index: media[index].left_out(why) for index, why in reasons.items() if not media[index].is_text}
    return Attachments(told, list(files.values()))


def _chosen(media: Mapping[int, _Medium], secrets: Secrets) -> tuple[dict[int, NewFile], dict[int, str]]:
    """The files to show, and why the others are not shown."""
    chosen: dict[int, NewFile] = {}
    reasons: dict[int, str] = {}
    for index, medium in media.items():
        if len(chosen) == MOST_FILES:
            reasons[index] = f"at most {MOST_FILES} files of a result can be shown"
            continue
        try:
            chosen[index] = medium.file(secrets)
        except ValueError:
            reasons[index] = "it is not valid base64"
    return chosen, reasons


def _media(content: Sequence[ContentBlock], secrets: Secrets) -> Iterator[tuple[int, _Medium]]:
    for index, block in enumerate(content):
        if isinstance(block, ImageContent | AudioContent):
            what, kind = (
                ("picture" if isinstance(block, ImageContent) else "sound"),
                _kind(secrets.hidden(block.mime_type)),
            )
            yield index, _Medium(what, _named(f"{what}-{index + 1}", kind), kind, block.data)
        elif isinstance(block, EmbeddedResource):
            resource, is_text = block.resource, isinstance(block.resource, TextResourceContents)
            kind = _kind(resource.mime_type or ("text/plain" if is_text else ""))
            name = _named(secrets.hidden(_last_segment(str(resource.uri))) or f"file-{index + 1}", kind)
            if not isinstance(resource, TextResourceContents):
                yield index, _Medium("file", name, kind, resource.blob)
            elif len(resource.text) > LONGEST_TEXT:
                yield index, _Medium("file", name, kind, resource.text, is_text=True)


def _kind(mimetype: str) -> str:
    return lines.one_line(mimetype.partition(";")[0].lower(), LONGEST_TYPE)


def _last_segment(uri: str) -> str:
    path = uri.partition("?")[0].partition("#")[0].rstrip("/")
    return unquote(path.rpartition("/")[2])


def _named(name: str, kind: str) -> str:
    """A file's name, on one line and without what has a meaning in paths; it ends with its kind's extension."""
    fit = _UNFIT.sub("_", lines.name(name, LONGEST_NAME)).strip("._") or "file"
    subtype = kind.rpartition("/")[2].rpartition("+")[2].removeprefix("x-")
    extension = _EXTENSIONS.get(kind) or (subtype if _SHORT.fullmatch(subtype) else "")
    return fit if "." in fit or not extension else f"{fit}.{extension}"


def _hidden_in(content: bytes, secrets: Secrets) -> bytes:
    """The content; of a text, without the secrets that it repeats."""
    try:
        return secrets.hidden(content.decode()).encode()
    except UnicodeDecodeError:
        return content
