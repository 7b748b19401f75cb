"""The files that the agent gives the model: texts, pictures and documents, and those that cannot be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from text.json_shapes import mapping, mappings, string
from text.json_text import decoded


@dataclass(frozen=True)
class File:
    """`content` is the text, or what is said in a clip. `unreadable` says why there is none.

    `kind` is the MIME type of a picture or document, and `data` its bytes in base64. A file without all of these was
    only named.
    """

    name: str
    content: str = ""
    unreadable: str = ""
    left_out: str = ""
    kind: str = ""
    data: str = ""
    is_clip: bool = False

    @property
    def is_only_named(self) -> bool:
        return not (self.content or self.unreadable or self.data)


def files_in(contents: Iterable[Mapping[str, Any]]) -> list[File]:
    """Those of people and of tools, in their order; of a file that was given twice, what was given last."""
    found: dict[str, File] = {}
    for content in contents:
        name = ""
        for part in mappings(content.get("parts")):
            if data := mapping(part.get("inlineData")):
                name = name or "a file without a name"
                with_data = replace(found.get(name, File(name)), kind=string(data.get("mimeType")))
                found[name] = replace(with_data, data=string(data.get("data")))
            elif file := _read(part):
                name = file.name
                found[name] = found[name] if file.is_only_named and name in found else file
    return list(found.values())


def _read(part: Mapping[str, Any]) -> File | None:
    """The file that the part tells of; None if it tells of none."""
    one = mapping(decoded(string(part.get("text"))))
    if "file" not in one or part.get("thought"):
        return None
    transcript = string(one.get("transcript"))
    return File(
        string(one.get("file")),
        transcript or string(one.get("content")),
        string(one.get("unreadable")),
        string(one.get("left_out")),
        is_clip=bool(transcript),
    )
