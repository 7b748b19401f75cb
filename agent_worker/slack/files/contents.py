"""What the model gets of a file: parts made of its bytes, or a sentence that says why there are none. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.limits import writable

Part = dict[str, Any]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LARGEST_FILE = 14_000_000  # bytes of a picture or PDF: as base64, still within the 20 MB that Gemini takes in a request
LONGEST_TEXT = 100_000  # characters of a text file; what comes after them is left out
LARGEST_TEXT = 4 * LONGEST_TEXT  # bytes of UTF-8 that so many characters can have
LONGEST_NAME = 200  # characters
ENVELOPE = 200  # bytes of a part beside its data
DELETED = "it has been deleted"
NOT_SHOWN = "Slack does not show it to the app"
_BY_MODE = {  # https://docs.slack.dev/reference/objects/file-object
    "tombstone": DELETED,
    "hidden_by_limit": "it is hidden because of the limits of this workspace's Slack plan",
    "external": "it is kept outside Slack",
}
_BY_ACCESS = {"file_not_found": DELETED, "access_denied": NOT_SHOWN}
# What Gemini looks at (https://ai.google.dev/gemini-api/docs/image-understanding, …/document-processing).
_LOOKED_AT = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "pdf": "application/pdf",
}
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_HEIF_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image/heic"),
    **dict.fromkeys((b"mif1", b"msf1"), "image/heif"),
}
_PDF_WITHIN = 1024  # bytes; readers allow something before the header
_TEXT_TYPES = _names(
    """application/graphql application/javascript application/json application/sql application/toml application/xml
    application/typescript application/x-httpd-php application/x-javascript application/x-ndjson application/x-python
    application/x-sh application/x-yaml application/yaml"""
)
# Extensions, and Slack's own names of types (https://docs.slack.dev/reference/objects/file-object#types): both occur
# with `application/octet-stream`, and `.ts` with that of a film.
_TEXT_NAMES = _names(
    """bash bat c cc cfg clj cmake conf cpp cs css csv dart diff dockerfile env ex exs erl go gradle graphql groovy h
    hpp hs htm html ics ini java javascript jl js json json5 jsonl jsx kt kotlin less log lua m makefile markdown md mjs
    ndjson patch perl php pl plain powershell properties proto ps1 py python r rb rs rst ruby rust sass scala scss sh
    shell sql srt svelte svg swift tex text tf toml ts tsv tsx txt typescript vb vtt vue xml yaml yml zig"""
)


class UnreadableError(Exception):
    """Nothing can be made of a file; the message says why, in words for the model and whoever asked it."""


@dataclass(frozen=True)
class DescribedFile:
    """A file as `files.info` describes it. `version` changes when its content does."""

    name: str
    mimetype: str
    filetype: str
    size: int
    url: str
    version: str
    hindrance: str = ""  # why Slack does not give it out

    @classmethod
    def read(cls, answer: Mapping[str, Any], known: SlackFile) -> DescribedFile:
        """What Slack leaves out is taken from what the message said of the file."""
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
            hindrance=_BY_MODE.get(str(answer.get("mode") or ""), by_access) or _BY_MODE.get(is_outside, ""),
        )

    @property
    def is_text(self) -> bool:
        if self.mimetype in _LOOKED_AT.values():
            return False
        of_text = self.mimetype.startswith("text/") or self.mimetype.endswith(("+json", "+xml"))
        return of_text or self.mimetype in _TEXT_TYPES or not _TEXT_NAMES.isdisjoint(self._kinds)

    @property
    def is_html(self) -> bool:
        return self.mimetype == "text/html" or not {"html", "htm"}.isdisjoint(self._kinds)

    @property
    def at_most(self) -> int:
        """Bytes of it that are of use."""
        return LARGEST_TEXT if self.is_text else LARGEST_FILE

    def check(self) -> None:
        """Raises UnreadableError for what it is known of before it is fetched that it cannot be used."""
        if self.hindrance:
            raise UnreadableError(self.hindrance)
        if not self.url:
            raise UnreadableError(NOT_SHOWN)
        if self.is_text:
            return
        if self.mimetype not in _LOOKED_AT.values() and _LOOKED_AT.keys().isdisjoint(self._kinds):
            kind = self.mimetype[:LONGEST_NAME] or "of an unknown kind"
            raise UnreadableError(f"only text, PDF, PNG, JPEG, WebP and HEIC files can be, and this is {kind}")
        self.check_size(self.size)

    def check_size(self, size: int) -> None:
        """Raises UnreadableError for more bytes than can be used; of a text, the beginning is used."""
        if size > self.at_most and not self.is_text:
            larger = f"it has {max(size, self.size) / 1e6:.1f} MB"
            raise UnreadableError(f"it is too large ({larger}, and at most {LARGEST_FILE / 1e6:.0f} MB can be read)")

    def parts(self, data: bytes) -> list[Part]:
        """The file for the model; raises UnreadableError when its bytes are not what was said of it."""
        self.check_size(len(data))
        if not data:
            raise UnreadableError("it is empty")
        mimetype = "" if self.is_text else _looked_at_as(data)
        if not mimetype and (not self.is_text or b"\0" in data):
            raise UnreadableError("what is in it is not what its name says")
        if self.is_text:
            return [self._text(data)]
        return [mention(self.name), {"inlineData": {"mimeType": mimetype, "data": data}}]

    def _text(self, data: bytes) -> Part:
        text = data.decode("utf-8-sig", errors="replace")
        ending = f"[end of the file {_shown(self.name)}]"
        if len(text) > LONGEST_TEXT or max(len(data), self.size) > LARGEST_TEXT:
            text = text[:LONGEST_TEXT].rstrip("\N{REPLACEMENT CHARACTER}")
            ending = f"[The file {_shown(self.name)} goes on, but only its first {len(text)} characters can be read.]"
        return {"text": f"[file: {_shown(self.name)}]\n{text}\n{ending}"}

    @property
    def _kinds(self) -> set[str]:
        """What its name and Slack say of its kind."""
        name = self.name.rpartition("/")[2].lower()
        return {self.filetype, name.rpartition(".")[2]}


def mention(name: str) -> Part:
    """The name of a file in place of the file."""
    return {"text": f"[file: {_shown(name)}]"}


def unreadable(name: str, reason: str) -> Part:
    """Why nothing is there in place of a file."""
    return {"text": f"[file: {_shown(name)} cannot be read: {reason}]"}


def sent_size(part: Part) -> int:
    """Bytes of a part in a request: bytes go as base64, and the SDK writes other letters than ASCII as escapes."""
    if "inlineData" in part:
        return -(-len(part["inlineData"]["data"]) // 3) * 4 + ENVELOPE
    return len(json.dumps(part))


def _looked_at_as(data: bytes) -> str:
    """The type of a picture or PDF, told by how it begins: Gemini refuses the whole question for a wrong one."""
    for beginning, mimetype in _BEGINNINGS.items():
        if data.startswith(beginning):
            return mimetype
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(data[8:12], "")
    return "application/pdf" if b"%PDF-" in data[:_PDF_WITHIN] else ""


def _shown(name: str) -> str:
    """A file's name on one line."""
    return " ".join(writable(name).split())[:LONGEST_NAME] or "unnamed"
