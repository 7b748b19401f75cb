"""The agent's mouth and eyes in Slack: its parts, and what takes more than one of them."""

from __future__ import annotations

from dataclasses import dataclass

from agent_worker.payloads.model import AskModel
from agent_worker.payloads.thread import Draft
from agent_worker.slack.access import AccessPolicy
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks import task_cards
from agent_worker.slack.directory import Directory
from agent_worker.slack.files.reader import SlackFiles
from agent_worker.slack.files.upload import SlackUploads
from agent_worker.slack.thread.delivery import SlackAnswers
from agent_worker.slack.thread.history import SlackThreads
from agent_worker.slack.thread.leftovers import SlackRemains
from agent_worker.slack.thread.live_answer import LiveText, Place
from agent_worker.slack.thread.posts import SlackReplies
from agent_worker.slack.thread.progress import SlackProgress
from agent_worker.slack.thread.progress_queue import SlackDisplays
from agent_worker.slack.thread.status import SlackSessions
from agent_worker.slack.thread.streams import ReplyMode, SlackStreams


@dataclass(frozen=True)
class Slack:
    directory: Directory
    threads: SlackThreads
    replies: SlackReplies
    streams: SlackStreams
    remains: SlackRemains
    answers: SlackAnswers
    progress: SlackProgress
    sessions: SlackSessions
    displays: SlackDisplays
    files: SlackFiles
    access_policy: AccessPolicy

    @classmethod
    def of(
        cls,
        api: SlackApi,
        directory: Directory,
        threads: SlackThreads,
        files: SlackFiles,
        *,
        access_policy: AccessPolicy,
        mode: ReplyMode,
    ) -> Slack:
        replies, streams = SlackReplies(api, threads), SlackStreams(api, mode)
        remains = SlackRemains(threads, streams)
        progress, sessions = SlackProgress(replies, streams), SlackSessions(api)
        return cls(
            directory=directory,
            threads=threads,
            replies=replies,
            streams=streams,
            remains=remains,
            answers=SlackAnswers(replies, streams, remains, SlackUploads(api)),
            progress=progress,
            sessions=sessions,
            displays=SlackDisplays(progress, sessions),
            files=files,
            access_policy=access_policy,
        )

    async def draft(self, request: AskModel, *, is_repeated: bool) -> Draft:
        """The draft as it can be relied on: what an earlier step may have left behind is looked for."""
        if not (is_repeated or request.draft.unsure):
            return request.draft
        left = await self.remains.of(request.thread, request.turn, request.draft)
        return Draft(messages=left.drafts)

    def live_text(self, request: AskModel, draft: Draft) -> LiveText:
        """Shows the answer while it is written."""
        progress = request.progress
        has_cards = progress is not None and not progress.is_posted and bool(draft.messages)
        place = Place(
            thread=request.thread,
            turn=request.turn,
            audience=request.audience,
            may_mention=request.may_mention,
            preface=request.preface,
            above=[task_cards.plan_block(progress.steps, is_over=False)] if progress and has_cards else [],
        )
        return LiveText(self.replies, self.streams, place, draft)
