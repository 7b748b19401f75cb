"""Whatever stands in an agent's file, it is read or refused with a line, in little time, and nothing of it is run."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_worker.agents import agent_file
from agent_worker.agents.agent_file import LARGEST_FILE, MOST_PROMPTS, AgentFile
from agent_worker.agents.front_matter import BadFrontMatterError
from agent_worker.agents.settings import LARGEST_INSTRUCTIONS
from agent_worker.payloads.storage_limits import size_of
from tests.support.examples import examples

HOSTILE = [
    "tools: &a [*a]", "<<: *x", "!!python/name:os.system", "!!binary aGk=", "2026-02-31", "0x1f", "1e999", "~", "---",
    "...", "? ", ": ", "- ", "{", "}", "[", "]", "|", ">", "&x", "*x", "!!set", "!!omap", "!!int ''",
    "!!bool x", "!!timestamp x", "%YAML 1.1", "\t", "\u2028",
    "\x00", "\ufeff", "#", "'", '"', "model: ", "channels: ", "prompts: ", "max_model_calls: ", "\n  ", "9" * 5_000,
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=20).map("".join)


def outcome(data: bytes) -> AgentFile | tuple[int, ...]:
    try:
        return agent_file.read("any", "agents/any.md", data)
    except BadFrontMatterError as bad:
        return tuple(problem.line for problem in bad.problems)


@settings(max_examples=examples(300))
@given(front=texts, body=st.text(max_size=50))
def test_a_file_is_read_within_its_bounds_or_refused_with_a_line_of_it(front: str, body: str) -> None:
    data = f"---\n{front}\n---\n{body}".encode("utf-8", "surrogatepass")

    found = outcome(data)

    if isinstance(found, AgentFile):
        assert size_of(found.fields.model_dump()) < LARGEST_FILE
        assert len(found.instructions.encode()) <= LARGEST_INSTRUCTIONS
        assert len(found.prompts) <= MOST_PROMPTS
    else:
        assert found
        assert all(1 <= line <= data.count(b"\n") + len(data.splitlines()) + 1 for line in found)


@settings(max_examples=examples(300))
@given(st.binary(max_size=300))
def test_any_bytes_are_instructions_or_refused(data: bytes) -> None:
    outcome(data)


@settings(max_examples=examples(20))
@given(st.sampled_from(HOSTILE))
def test_a_file_of_the_largest_size_takes_no_longer_than_a_moment(piece: str) -> None:
    front = (piece * LARGEST_FILE)[:16_000]
    began = time.process_time()

    outcome(f"---\n{front}\n---\nAnswer.".encode())

    assert time.process_time() - began < 2
