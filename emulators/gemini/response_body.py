"""The JSON of an answer: one response object, or the chunks of a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from emulators.gemini.answers import Call, Said, Text
from emulators.gemini.request import ModelRequest
from emulators.gemini.signatures import Signatures

CHARACTERS_PER_TOKEN = 4
HALF = 0.5
_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_WORDS = re.compile(r"\S*\s*")
_BLOCKED = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE")


@dataclass(frozen=True)
class BodyWriter:
    """Writes response objects, and makes up their ids and signatures."""

    signatures: Signatures
    random: Random

    def response(self, said: Said, request: ModelRequest) -> dict[str, Any]:
        """The whole GenerateContentResponse."""
        parts = self._parts(said, request)
        return _object(parts, said.finish_reason, request) | self._id() | {"usageMetadata": _usage(request, parts)}

    def chunks(self, said: Said, request: ModelRequest) -> list[dict[str, Any]]:
        """The chunks of a stream, with one `responseId`. Only the last has the finish reason.

        As in the recordings of Gemini, by chance: the usage so far comes with each chunk or only with the last one, and
        a text ends with an empty piece that has a signature.
        """
        pieces = list(_pieces(self._parts(said, request), said.pieces))
        if not pieces or "functionCall" in pieces[-1]:
            pieces.append({})
        elif self._ends_with_a_signature(pieces[-1]):
            pieces.append({"text": "", "thoughtSignature": self.signatures.for_text()})
        last, own_id, counts_early = len(pieces) - 1, self._id(), self.random.random() < HALF
        chunks = []
        for index, piece in enumerate(pieces):
            chunk = _object([piece] if piece else [], said.finish_reason if index == last else None, request) | own_id
            if counts_early or index == last:
                chunk["usageMetadata"] = _usage(request, pieces[: index + 1])
            chunks.append(chunk)
        return chunks

    def _ends_with_a_signature(self, piece: Mapping[str, Any]) -> bool:
        is_plain_text = bool(piece.get("text")) and not {"thought", "thoughtSignature"} & piece.keys()
        return is_plain_text and self.random.random() < HALF

    def _id(self) -> dict[str, str]:
        return {"responseId": "".join(self.random.choices(_ID_ALPHABET, k=22))}

    def _parts(self, said: Said, request: ModelRequest) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        for part in said.parts:
            is_first_call = isinstance(part, Call) and not any("functionCall" in written for written in parts)
            parts.append(
                self._call(part, request, signed=is_first_call) if isinstance(part, Call) else self._text(part)
            )
        return parts

    def _text(self, part: Text) -> dict[str, Any]:
        thought = {"thought": True} if part.thought else {}
        return {"text": part.text} | thought | ({"thoughtSignature": self.signatures.for_text()} if part.signed else {})

    def _call(self, part: Call, request: ModelRequest, *, signed: bool) -> dict[str, Any]:
        call: dict[str, Any] = {"name": part.name}
        if part.args is not None:
            call["args"] = dict(part.args)
        if part.has_id:
            call["id"] = "".join(self.random.choices(_ID_ALPHABET, k=8))
        signature = {"thoughtSignature": self.signatures.for_call(request.model, call)} if signed else {}
        return {"functionCall": call} | signature


def _object(parts: Sequence[Mapping[str, Any]], finish_reason: str | None, request: ModelRequest) -> dict[str, Any]:
    """A response object with one candidate, without an id and without the usage."""
    candidate: dict[str, Any] = {"index": 0}
    if parts or finish_reason not in _BLOCKED:
        candidate["content"] = {"role": "model"} | ({"parts": list(parts)} if parts else {})
    if finish_reason is not None:
        candidate["finishReason"] = finish_reason
    return {"candidates": [candidate], "modelVersion": request.model}


def _pieces(parts: Sequence[dict[str, Any]], count: int | None) -> Iterator[dict[str, Any]]:
    """The parts as they are streamed: a text in `count` pieces with its signature on the last, a call in one piece."""
    for part in parts:
        if "text" not in part:
            yield part
            continue
        is_thought = bool(part.get("thought"))
        texts = _cut(part["text"], count) if count and not is_thought else _usual_cut(part["text"])
        yield from ({"text": text} | ({"thought": True} if is_thought else {}) for text in texts[:-1])
        yield part | {"text": texts[-1]}


def _usual_cut(text: str) -> list[str]:
    """The text in at most four pieces that end at words."""
    words = _WORDS.findall(text)
    size = max(1, -(-len(words) // 4))
    texts = ["".join(words[start : start + size]) for start in range(0, len(words), size)]
    return [text for text in texts if text] or [""]


def _cut(text: str, count: int) -> list[str]:
    """The text in exactly `count` pieces, none of them empty: cut at words, or anywhere if there are too few words."""
    words = [word for word in _WORDS.findall(text) if word]
    units = words if len(words) >= count else list(text)
    bounds = [len(units) * number // count for number in range(count + 1)]
    return ["".join(units[start:end]) for start, end in pairwise(bounds)]


def prompt_tokens(request: ModelRequest) -> int:
    """The tokens of a request's input, as they are counted here."""
    return _tokens([request.body.get("contents"), request.system_instruction, request.body.get("tools")])


def _usage(request: ModelRequest, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    prompt = prompt_tokens(request)
    thoughts = sum(_tokens(part["text"]) for part in parts if part.get("thought"))
    visible = sum(_tokens(part) for part in parts if not part.get("thought"))
    usage = {"promptTokenCount": prompt, "candidatesTokenCount": visible, "thoughtsTokenCount": thoughts}
    counts = {name: count for name, count in usage.items() if count} | {"totalTokenCount": prompt + visible + thoughts}
    return counts | {"promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}]}


def part_tokens(part: Mapping[str, Any]) -> int:
    """The tokens that the model writes for a part of the answer. A signature is none of its words."""
    text = part.get("text")
    return -(-len(text) // CHARACTERS_PER_TOKEN) if isinstance(text, str) else _tokens(part["functionCall"])


def _tokens(value: object) -> int:
    return -(-len(json.dumps(value)) // CHARACTERS_PER_TOKEN)
