"""Lines are put together from any pieces, and no line takes more memory than it may."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.mcp.connection.lines import KEPT, Lines, SkippedLine


@given(st.lists(st.binary(max_size=20), max_size=10), st.data())
def test_lines_are_the_same_however_the_bytes_arrive(written: list[bytes], data: st.DataObject) -> None:
    lines = [line.replace(b"\n", b"") for line in written]
    text = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    reader = Lines(longest=20)

    assert [line for piece in pieces for line in reader.feed(piece)] == lines


def test_a_line_that_is_too_long_is_skipped_and_the_next_one_read() -> None:
    reader = Lines(longest=1000)

    (skipped, after) = [line for _ in range(50) for line in reader.feed(b"x" * 100)] + reader.feed(b"y\nafter\n")

    assert skipped == SkippedLine(b"x" * KEPT, b"x" * (KEPT - 1) + b"y", 5001)
    assert after == b"after"


def test_what_is_kept_of_an_endless_line_does_not_grow() -> None:
    reader = Lines(longest=1000)

    for _ in range(10_000):
        reader.feed(b"x" * 1000)

    assert reader.size == 10_000_000
    assert sum(len(value) for value in vars(reader).values() if isinstance(value, bytes | list)) <= 2 * KEPT


@pytest.mark.parametrize(
    ("message", "request_id"),
    [
        ({"jsonrpc": "2.0", "id": 7, "result": {"text": "x" * 9000}}, 7),
        ({"id": 7, "result": {"text": "x" * 9000}}, 7),
        ({"result": {"text": "x" * 9000}, "jsonrpc": "2.0", "id": 7}, 7),
        ({"result": {"text": "x" * 9000}, "id": "seven", "jsonrpc": "2.0"}, "seven"),
        ({"jsonrpc": "2.0", "method": "notifications/message", "params": {"text": "x" * 9000, "id": 7}}, None),
    ],
)
def test_the_request_that_a_skipped_line_answers_is_found_at_either_end(
    message: object, request_id: int | str | None
) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        (skipped,) = Lines(longest=1000).feed(json.dumps(message, separators=separators).encode() + b"\n")

        assert isinstance(skipped, SkippedLine)
        assert skipped.request_id == request_id
