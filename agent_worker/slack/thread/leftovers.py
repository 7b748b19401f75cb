"""What an earlier step has left in a thread: messages of the turn that nobody has told the conversation about."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Draft
from agent_worker.slack.thread.history import OwnMessage, SlackThreads
from agent_worker.slack.thread.posts import metadata, since
from agent_worker.slack.thread.streams import DEAD, STOPPED_BY_USER, SlackStreams

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remains:
    """Messages of one turn: `drafts` may be changed or taken away, `posts` (by key) are final; `files` by name."""

    drafts: list[str] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class SlackRemains:
    """Looks into the thread. Whatever still streams there is ended, so that it can be changed."""

    def __init__(self, threads: SlackThreads, streams: SlackStreams) -> None:
        self._threads = threads
        self._streams = streams

    async def of(self, thread: Thread, turn: str, draft: Draft) -> Remains:
        asked = since(turn)
        own = [one async for one in self._threads.own_messages(thread, oldest=asked) if one.ts > asked]  # not the root
        drafts = set(draft.messages)
        drafts |= {one.ts for one in own if one.key == f"{turn}:waiting" or one.key.startswith(f"{turn}:draft")}
        orphans = [one for one in own if not one.key and not one.files]
        for orphan in orphans:
            if await self._is_ended(thread, orphan, f"{turn}:draft:{orphan.ts}", is_told=any(one.key for one in own)):
                drafts.add(orphan.ts)
        posts = {one.key: one.ts for one in own if one.key}
        return Remains(
            drafts=sorted(drafts - _final(posts, turn), key=float),
            posts=posts,
            files={name: one.ts for one in own for name in one.files},
        )

    async def _is_ended(self, thread: Thread, orphan: OwnMessage, key: str, *, is_told: bool) -> bool:
        """Whether this was a stream, and is one no more.

        Every post of ours has metadata, so a message without any is a stream that nobody has ended. Where Slack does
        not tell metadata at all (`is_told`), it has to say itself that it was one.
        """
        try:
            await self._streams.stop(thread, orphan.ts, metadata=metadata(key))
        except ApplicationError as error:
            if not error.non_retryable:
                raise
            return error.message in {DEAD, STOPPED_BY_USER} and (is_told or bool(orphan.state))
        return True


def _final(posts: dict[str, str], turn: str) -> set[str]:
    """What is an answer or a notice already, and must not be taken for a draft of one."""
    return {ts for key, ts in posts.items() if key.startswith((f"{turn}:answer", f"{turn}:notice"))}
