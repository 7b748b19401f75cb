"""The worker's copies of transcripts, from which model calls take the entries that they were not given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from cachetools import LRUCache
from pydantic_core import from_json, to_json
from temporalio.client import Client
from temporalio.service import RPCError

from agent_worker.contract.names import TRANSCRIPT
from agent_worker.payloads.errors import TRANSCRIPT_UNAVAILABLE, retryable
from agent_worker.payloads.model import Content, ReadTranscript, TranscriptPage

CACHED_CONVERSATIONS = 500
QUERY_TIMEOUT = timedelta(seconds=15)  # a query takes seconds if the worker that had the workflow cached has died

ReadPage = Callable[[ReadTranscript], Awaitable[TranscriptPage]]


class Transcripts:
    """The entries of the transcripts that were used last, by epoch.

    Within an epoch entries are only ever added. A copy may end with entries that the workflow has not confirmed;
    `assemble` drops those, so what it returns is never out of date.
    """

    def __init__(self, capacity: int = CACHED_CONVERSATIONS) -> None:
        # As JSON: it takes a sixth of the memory of Python objects, and callers cannot change it.
        self._cached: LRUCache[str, list[bytes]] = LRUCache(capacity)

    async def assemble(self, epoch: str, known: int, new: list[Content], read_page: ReadPage) -> list[Content]:
        """The first `known` entries, which the workflow has confirmed, followed by the `new` ones.

        Entries that are not in the cache are read page by page. Raises a retryable TRANSCRIPT_UNAVAILABLE error if the
        workflow does not have them (any more).
        """
        entries = self._cached.get(epoch, [])[:known]
        while len(entries) < known:
            page = await read_page(ReadTranscript(epoch=epoch, start=len(entries), end=known))
            if page.stale or not page.entries:
                raise retryable(TRANSCRIPT_UNAVAILABLE, "the workflow has no such transcript")
            entries += map(to_json, page.entries)
        entries += map(to_json, new)
        self._cached[epoch] = entries
        return [from_json(entry) for entry in entries]


def reader(client: Client, workflow_id: str, run_id: str) -> ReadPage:
    """A function that reads pages of a run's transcript through a query, which adds nothing to the workflow's history.

    The function raises a retryable TRANSCRIPT_UNAVAILABLE error if the query fails.
    """
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
