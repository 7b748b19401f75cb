"""What the model gets of a file: parts made of its bytes, or a sentence that says why it cannot be read. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent_worker.contract.messages import SlackFile
from agent_worker.conversation.wording import model_form
from agent_worker.payloads.storage_limits import writable
from text import lines
from text.json_shapes import mapping, string
from text.lines import ELLIPSIS

Part = dict[str, Any]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LARGEST_FILE = 14_000_000  # bytes of a picture or PDF: as base64, still within the 20 MB that Gemini takes in a request
LONGEST_TEXT = 100_000  # characters of a text file; the rest is left out
LARGEST_TEXT = 4 * LONGEST_TEXT  # bytes: a character has at most four in UTF-8
LONGEST_NAME = 200  # characters
ENVELOPE = 200  # bytes that a part with data has in a request beside the data
DELETED = "it has been deleted"
NOT_SHOWN = "Slack does not show it to the app"
_BY_MODE = {  # https://docs.slack.dev/reference/objects/file-object
    "tombstone": DELETED,
    "hidden_by_limit": "it is hidden because of the limits of this workspace's Slack plan",
    "external": "it is kept outside Slack",
}
_BY_ACCESS = {"file_not_found": DELETED, "access_denied": NOT_SHOWN}
# The pictures and documents that Gemini can read: extensions and MIME types
# (https://ai.google.dev/gemini-api/docs/image-understanding, …/document-processing).
_VISUAL = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "pdf": "application/pdf",
}
_FIRST_BYTES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_HEIF_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
}
_PDF_WITHIN = 1024  # bytes; the header of a PDF need not stand at the very beginning
_TEXT_TYPES = _words(
    """application/graphql application/javascript application/json application/sql application/toml application/xml
    application/typescript application/x-httpd-php application/x-javascript application/x-ndjson application/x-python
    application/x-sh application/x-yaml application/yaml"""
)
# Extensions, and Slack's own names of types (https://docs.slack.dev/reference/objects/file-object#types). The MIME type
# alone is not enough: such a file can come as `application/octet-stream`, and a `.ts` file as a film.
_TEXT_NAMES = _words(
    """bash bat c cc cfg clj cmake conf cpp cs css csv dart diff dockerfile env ex exs erl go gradle graphql groovy h
    hpp hs htm html ics ini java javascript jl js json json5 jsonl jsx kt kotlin less log lua m makefile markdown md mjs
    ndjson patch perl php pl plain powershell properties proto ps1 py python r rb rs rst ruby rust sass scala scss sh
    shell sql srt svelte svg swift tex text tf toml ts tsv tsx txt typescript vb vtt vue xml yaml yml zig"""
)


class UnreadableError(Exception):
    """The model gets nothing of a file. The message says why; the model reads it, and may repeat it to a person."""


@dataclass(frozen=True)
class DescribedFile:
    """A file as `files.info` describes it.

    `size` is in bytes. `version` changes when the content changes. `refusal` says why Slack does not give the file to
    the app; "" if it does. `transcript` is what is said in a voice or video clip, as Slack has written it down, or its
    beginning; "" if Slack has not.
    """

    name: str
    mimetype: str
    filetype: str
    size: int
    url: str
    version: str
    refusal: str = ""
    transcript: str = ""

    @classmethod
    def read(cls, answer: Mapping[str, Any], known: SlackFile) -> DescribedFile:
        """From the answer of `files.info`; where Slack leaves something out, from `known`, the file in the message."""
        by_access = _BY_ACCESS.get(str(answer.get("file_access")), "")
        is_outside = "external" if answer.get("is_external") else ""
        size = answer.get("size")
        return cls(
            name=str(answer.get("name") or known.name),
            mimetype=str(answer.get("mimetype") or known.mimetype).partition(";")[0].strip().lower(),
            filetype=str(answer.get("filetype") or "").lower(),
            size=size if isinstance(size, int) else known.size,
            url=str(answer.get("url_private_download") or answer.get("url_private") or ""),
            version=f"{known.id}:{answer.get('edit_timestamp') or answer.get('timestamp')}:{size}",
            refusal=_BY_MODE.get(str(answer.get("mode") or ""), by_access) or _BY_MODE.get(is_outside, ""),
            transcript=_transcript(mapping(answer.get("transcription"))),
        ).or_its_captions(answer)

    def or_its_captions(self, answer: Mapping[str, Any]) -> DescribedFile:
        """The file itself; of a clip of which Slack shows only the beginning as text, the file with all of the text."""
        captions = str(answer.get("vtt") or "")
        if not self.transcript.endswith(ELLIPSIS) or not captions:
            return self
        version = f"{self.version}:captions"
        return replace(self, mimetype="text/vtt", size=0, url=captions, version=version, transcript="")

    @property
    def is_text(self) -> bool:
        if self.mimetype in _VISUAL.values():
            return False
        of_text = self.mimetype.startswith("text/") or self.mimetype.endswith(("+json", "+xml"))
        return of_text or self.mimetype in _TEXT_TYPES or not _TEXT_NAMES.isdisjoint(self._kinds)

    @property
    def is_html(self) -> bool:
        return self.mimetype == "text/html" or not {"html", "htm"}.isdisjoint(self._kinds)

    @property
    def useful_bytes(self) -> int:
        """How many bytes of the file can be used at most."""
        return LARGEST_TEXT if self.is_text else LARGEST_FILE

    def check(self) -> None:
        """Raises UnreadableError if it is clear already that the file cannot be used, before it is downloaded."""
        if self.refusal:
            raise UnreadableError(self.refusal)
        if not self.url:
            raise UnreadableError(NOT_SHOWN)
        self.check_kind()
        self.check_size(self.size)

    def check_kind(self) -> None:
        """Raises UnreadableError for a kind of file that the model is not given."""
        if self.is_text:
            return
        if self.mimetype not in _VISUAL.values() and _VISUAL.keys().isdisjoint(self._kinds):
            kind = self.mimetype[:LONGEST_NAME] or "of an unknown kind"
            raise UnreadableError(f"only text, PDF, PNG, JPEG, WebP and HEIC files can be, and this is {kind}")

    def check_size(self, size: int) -> None:
        """Raises UnreadableError if `size` (bytes) is too large. A text is never too large: its beginning is used."""
        if size > self.useful_bytes and not self.is_text:
            larger = f"it has {max(size, self.size) / 1e6:.1f} MB"
            raise UnreadableError(f"it is too large ({larger}, and at most {LARGEST_FILE / 1e6:.0f} MB can be read)")

    def parts(self, data: bytes) -> list[Part]:
        """The file for the model. Raises UnreadableError if the bytes are not what the description says."""
        self.check_size(len(data))
        if not data:
            raise UnreadableError("it is empty")
        mimetype = "" if self.is_text else _visual_type(data)
        if not mimetype and (not self.is_text or b"\0" in data):
            raise UnreadableError("what is in it is not what its name says")
        if self.is_text:
            return [self._text(data)]
        return [mention(self.name), {"inlineData": {"mimeType": mimetype, "data": data}}]

    def _text(self, data: bytes) -> Part:
        text = data[:LARGEST_TEXT].decode("utf-8-sig", errors="replace")
        goes_on = ""
        if len(text) > LONGEST_TEXT or max(len(data), self.size) > LARGEST_TEXT:
            text = text[:LONGEST_TEXT].rstrip("\N{REPLACEMENT CHARACTER}")
            goes_on = f"the file goes on, but only its first {len(text)} characters can be read"
        return {"text": model_form.line(file=_shown(self.name), content=text, left_out=goes_on)}

    @property
    def _kinds(self) -> set[str]:
        """The type that Slack names, and the extension of the name (or the name, such as `dockerfile`)."""
        name = self.name.rpartition("/")[2].lower()
        return {self.filetype, name.rpartition(".")[2]}

    def transcribed(self) -> Part:
        """A clip for the model: what is said in it."""
        return {"text": model_form.line(file=_shown(self.name), transcript=self.transcript[:LONGEST_TEXT])}


def _transcript(transcription: Mapping[str, Any]) -> str:
    """Slack's own transcription of a clip, with "…" if Slack gives only its beginning; "" until it is complete."""
    preview = mapping(transcription.get("preview"))
    text = string(preview.get("content")).strip()
    if transcription.get("status") != "complete" or not text:
        return ""
    return f"{text}{ELLIPSIS}" if preview.get("has_more") is True else text


def mention(name: str) -> Part:
    """The part that only names a file."""
    return {"text": model_form.line(file=_shown(name))}


def unreadable(name: str, reason: str) -> Part:
    """The part that says why a file cannot be read."""
    return {"text": model_form.line(file=_shown(name), unreadable=reason)}


def sent_size(part: Part) -> int:
    """Bytes of a part in a request. Data is sent as base64, and the SDK escapes every letter that is not ASCII."""
    if "inlineData" in part:
        return -(-len(part["inlineData"]["data"]) // 3) * 4 + ENVELOPE
    return len(json.dumps(part))


def _visual_type(data: bytes) -> str:
    """The MIME type of a picture or PDF by its first bytes, "" for others.

    A wrong MIME type would make Gemini refuse the whole request.
    """
    for first_bytes, mimetype in _FIRST_BYTES.items():
        if data.startswith(first_bytes):
            return mimetype
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(data[8:12], "")
    return "application/pdf" if b"%PDF-" in data[:_PDF_WITHIN] else ""


def _shown(name: str) -> str:
    """A file's name on one line."""
    return lines.name(writable(name), LONGEST_NAME) or "unnamed"
