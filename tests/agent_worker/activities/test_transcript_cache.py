"""Promises of the transcript cache: always the whole transcript, and only what is missing is read."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.activities.transcript_cache import Transcripts
from agent_worker.payloads.errors import TRANSCRIPT_UNAVAILABLE
from agent_worker.payloads.model import Content, ReadTranscript, TranscriptPage


def entries(count: int) -> list[Content]:
    return [{"role": "user", "parts": [{"text": str(index)}]} for index in range(count)]


class Workflow:
    """A workflow that answers queries about its transcript, `page_length` entries a page, and notes each query."""

    def __init__(self, epoch: str, entries: list[Content], page_length: int = 3) -> None:
        self.epoch = epoch
        self.entries = entries
        self.asked: list[ReadTranscript] = []
        self._page_length = page_length

    async def read_page(self, request: ReadTranscript) -> TranscriptPage:
        self.asked.append(request)
        if request.epoch != self.epoch:
            return TranscriptPage(entries=[], stale=True)
        wanted = self.entries[request.start : request.end]
        return TranscriptPage(entries=wanted[: self._page_length])

    @property
    def reads(self) -> list[tuple[int, int]]:
        return [(request.start, request.end) for request in self.asked]


async def test_what_an_earlier_call_has_seen_is_not_read_again() -> None:
    workflow, transcripts = Workflow("a", entries(6)), Transcripts()
    await transcripts.assemble("a", 0, entries(6)[:4], workflow.read_page)

    assembled = await transcripts.assemble("a", 4, entries(6)[4:], workflow.read_page)

    assert assembled == entries(6)
    assert workflow.asked == []


async def test_a_worker_that_has_never_seen_the_conversation_reads_it_page_by_page() -> None:
    workflow = Workflow("a", entries(9))

    assembled = await Transcripts().assemble("a", 8, entries(9)[8:], workflow.read_page)

    assert assembled == entries(9)
    assert workflow.reads == [(0, 8), (3, 8), (6, 8)]


async def test_only_what_is_missing_is_read() -> None:
    workflow, transcripts = Workflow("a", entries(6)), Transcripts()
    await transcripts.assemble("a", 0, entries(6)[:4], workflow.read_page)

    assembled = await transcripts.assemble("a", 6, [], workflow.read_page)

    assert assembled == entries(6)
    assert workflow.reads == [(4, 6)]


async def test_a_conversation_that_was_evicted_is_read_again() -> None:
    workflow, transcripts = Workflow("a", entries(2)), Transcripts(capacity=2)
    for epoch in ("a", "b", "c"):
        await transcripts.assemble(epoch, 0, entries(2), workflow.read_page)

    assembled = await transcripts.assemble("a", 2, [], workflow.read_page)

    assert assembled == entries(2)
    assert workflow.reads == [(0, 2)]


async def test_the_conversation_that_was_asked_about_last_stays() -> None:
    workflow, transcripts = Workflow("a", entries(2)), Transcripts(capacity=2)
    await transcripts.assemble("a", 0, entries(2), workflow.read_page)
    await transcripts.assemble("b", 0, entries(2), workflow.read_page)
    await transcripts.assemble("a", 2, [], workflow.read_page)
    await transcripts.assemble("c", 0, entries(2), workflow.read_page)

    await transcripts.assemble("a", 2, [], workflow.read_page)

    assert workflow.asked == []


async def test_a_transcript_whose_past_was_changed_is_not_mixed_with_the_new_one() -> None:
    workflow, transcripts = Workflow("b", entries(2)), Transcripts()
    await transcripts.assemble("a", 0, entries(5), workflow.read_page)

    assert await transcripts.assemble("b", 2, [], workflow.read_page) == entries(2)


async def test_a_question_about_a_past_that_has_changed_is_worth_another_attempt() -> None:
    workflow = Workflow("b", entries(2))

    with pytest.raises(ApplicationError) as unavailable:
        await Transcripts().assemble("a", 2, [], workflow.read_page)

    assert unavailable.value.type == TRANSCRIPT_UNAVAILABLE
    assert not unavailable.value.non_retryable


async def test_a_workflow_that_has_fewer_entries_than_it_says_ends_the_attempt_instead_of_looping() -> None:
    workflow = Workflow("a", entries(2))

    with pytest.raises(ApplicationError):
        await Transcripts().assemble("a", 5, [], workflow.read_page)


async def test_an_attempt_that_was_not_confirmed_is_not_taken_for_the_past() -> None:
    workflow, transcripts = Workflow("a", entries(2)), Transcripts()
    await transcripts.assemble(
        "a", 0, [*entries(2), {"role": "model", "parts": [{"text": "lost"}]}], workflow.read_page
    )
    steered = [{"role": "user", "parts": [{"text": "steered"}]}]

    assembled = await transcripts.assemble("a", 2, steered, workflow.read_page)

    assert assembled == [*entries(2), *steered]
    assert await transcripts.assemble("a", 3, [], workflow.read_page) == [*entries(2), *steered]


async def test_what_a_caller_does_to_its_copy_does_not_change_the_next_one() -> None:
    workflow, transcripts = Workflow("a", entries(3)), Transcripts()
    first = await transcripts.assemble("a", 0, entries(3), workflow.read_page)

    first[0] = {"role": "user", "parts": [{"text": "changed"}]}
    first.append({"role": "user", "parts": [{"text": "added"}]})

    assert await transcripts.assemble("a", 3, [], workflow.read_page) == entries(3)


async def test_a_later_call_does_not_change_what_an_earlier_one_was_given() -> None:
    workflow, transcripts = Workflow("a", entries(6)), Transcripts()
    first = await transcripts.assemble("a", 0, entries(3), workflow.read_page)

    await transcripts.assemble("a", 3, entries(6)[3:], workflow.read_page)

    assert first == entries(3)
