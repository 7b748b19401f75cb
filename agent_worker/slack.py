"""The agent's mouth and eyes in Slack: its parts, and what takes more than one of them."""

from __future__ import annotations

from dataclasses import dataclass

from agent_worker import cards
from agent_worker.live_text import LiveText, Place
from agent_worker.requests import AskModel, Draft
from agent_worker.slack_answers import SlackAnswers
from agent_worker.slack_api import SlackApi
from agent_worker.slack_displays import SlackDisplays
from agent_worker.slack_files import SlackFiles
from agent_worker.slack_people import Door
from agent_worker.slack_progress import SlackProgress
from agent_worker.slack_remains import SlackRemains
from agent_worker.slack_replies import SlackReplies
from agent_worker.slack_sessions import SlackSessions
from agent_worker.slack_streams import ReplyMode, SlackStreams
from agent_worker.slack_threads import SlackThreads
from agent_worker.slack_uploads import SlackUploads


@dataclass(frozen=True)
class Slack:
    threads: SlackThreads
    replies: SlackReplies
    streams: SlackStreams
    remains: SlackRemains
    answers: SlackAnswers
    progress: SlackProgress
    sessions: SlackSessions
    displays: SlackDisplays
    files: SlackFiles
    door: Door

    @classmethod
    def of(cls, api: SlackApi, threads: SlackThreads, files: SlackFiles, door: Door, mode: ReplyMode) -> Slack:
        replies, streams = SlackReplies(api, threads), SlackStreams(api, mode)
        remains = SlackRemains(threads, streams)
        progress, sessions = SlackProgress(replies, streams), SlackSessions(api)
        return cls(
            threads=threads,
            replies=replies,
            streams=streams,
            remains=remains,
            answers=SlackAnswers(replies, streams, remains, SlackUploads(api)),
            progress=progress,
            sessions=sessions,
            displays=SlackDisplays(progress, sessions),
            files=files,
            door=door,
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
            above=[cards.plan_block(progress.steps, is_over=False)] if progress and has_cards else [],
        )
        return LiveText(self.replies, self.streams, place, draft)
