"""What the stand-in answers has the fields of what Gemini was recorded to answer.

The recordings are not part of the project: where they are not there, this is skipped.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from emulators.gemini import answers
from emulators.gemini.emulator import GeminiEmulator
from tests.support.emulators.gemini_caller import Caller, said
from tests.support.emulators.recordings import fields, recording

RECORDINGS = recording("gemini_recordings.jsonl")
OPAQUE = {"args"}  # the tool's own
pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")

WHOLE = [answers.text("pond", thought="hm", signed=True), answers.calls(("look", {"x": 1}), text="pond", thought="hm")]


@cache
def recorded() -> list[list[dict[str, Any]]]:
    """The chunks of each answer that Gemini gave."""
    lines = map(json.loads, RECORDINGS.read_text().splitlines())
    real = [line for line in lines if line["status"] == 200 and "pydantic-ai" in line["source"]]
    return [line["chunks"] for line in real if all("candidates" in chunk for chunk in line["chunks"])]


async def test_an_answer_has_the_fields_of_gemini_and_no_others(gemini: GeminiEmulator, caller: Caller) -> None:
    gemini.script(*WHOLE, *WHOLE)
    whole = [(await caller.ask(said("hi"))).json() for _ in WHOLE]
    chunks = [chunk for _ in WHOLE for chunk in await caller.chunks()]

    real = [set(fields(chunk, OPAQUE)) for chunks in recorded() for chunk in chunks]
    assert {path for answer in [*whole, *chunks] for path in fields(answer, OPAQUE)} - set[str]().union(*real) == set()
    assert {path for answer in whole for path in set.intersection(*real) - set(fields(answer, OPAQUE))} == set()


def test_a_recorded_stream_has_one_id_and_its_last_chunk_has_the_reason_and_the_usage() -> None:
    """What the stand-in's streams rest on."""
    streams = [chunks for chunks in recorded() if len(chunks) > 1]

    assert streams
    for chunks in streams:
        assert len({chunk.get("responseId") for chunk in chunks}) == 1
        assert "usageMetadata" in chunks[-1]
        assert ["finishReason" in chunk["candidates"][0] for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
