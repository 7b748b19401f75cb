"""The worker's copies of transcripts: what a model call is not given, it finds here or reads from the workflow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta

from pydantic_core import from_json, to_json
from temporalio.client import Client
from temporalio.service import RPCError

from agent_worker.contract.names import TRANSCRIPT
from agent_worker.payloads.errors import TRANSCRIPT_UNAVAILABLE, retryable
from agent_worker.payloads.model import Content, ReadTranscript, TranscriptPage

CACHED_CONVERSATIONS = 500
QUERY_TIMEOUT = timedelta(seconds=15)  # a worker that died with the conversation cached costs seconds

ReadPage = Callable[[ReadTranscript], Awaitable[TranscriptPage]]


class Transcripts:
    """Entries by epoch. An epoch's entries only grow, and only what the workflow confirmed is kept: never stale."""

    def __init__(self, capacity: int = CACHED_CONVERSATIONS) -> None:
        self._capacity = capacity
        # As JSON: a sixth of the memory of Python objects, and nothing that a caller could change.
        self._cached: OrderedDict[str, list[bytes]] = OrderedDict()

    async def assemble(self, epoch: str, known: int, new: list[Content], read_page: ReadPage) -> list[Content]:
        """The first `known` entries, from the cache or read page by page, followed by the `new` ones."""
        entries = self._cached.get(epoch, [])[:known]
        while len(entries) < known:
            page = await read_page(ReadTranscript(epoch=epoch, start=len(entries), end=known))
            if page.stale or not page.entries:
                raise retryable(TRANSCRIPT_UNAVAILABLE, "the workflow has no such transcript")
            entries += map(to_json, page.entries)
        entries += map(to_json, new)
        self._keep(epoch, entries)
        return [from_json(entry) for entry in entries]

    def _keep(self, epoch: str, entries: list[bytes]) -> None:
        self._cached[epoch] = entries
        self._cached.move_to_end(epoch)
        while len(self._cached) > self._capacity:
            self._cached.popitem(last=False)


def reader(client: Client, workflow_id: str, run_id: str) -> ReadPage:
    """Reads pages through a query, which history does not record and so costs the conversation nothing."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)

    async def read_page(request: ReadTranscript) -> TranscriptPage:
        try:
            page: TranscriptPage = await handle.query(
                TRANSCRIPT, request, result_type=TranscriptPage, rpc_timeout=QUERY_TIMEOUT
            )
        except RPCError as error:
            raise retryable(TRANSCRIPT_UNAVAILABLE, error.status.name) from error
        return page

    return read_page
