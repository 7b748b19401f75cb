"""The agent's side of Slack: its parts, put together on one API client."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from agent_worker.payloads.model import AskModel
from agent_worker.payloads.thread import IN_DRAFT, Draft, steps_shown
from agent_worker.slack.access import AccessPolicy
from agent_worker.slack.api import SlackApi
from agent_worker.slack.blocks import task_cards
from agent_worker.slack.blocks.links import TO_ALL_HOSTS, LinkPolicy
from agent_worker.slack.blocks.outlet import Outlet
from agent_worker.slack.directory import Directory
from agent_worker.slack.files.attachments import SlackAttachments
from agent_worker.slack.files.reader import SlackFiles
from agent_worker.slack.files.upload import SlackUploads
from agent_worker.slack.operators import Operators
from agent_worker.slack.reading.reading import SlackReading
from agent_worker.slack.reading.workspace import SearchGrant, Workspace
from agent_worker.slack.standing_status import StandingStatuses
from agent_worker.slack.thread.delivery import AnswerDelivery
from agent_worker.slack.thread.history import ThreadHistory
from agent_worker.slack.thread.leftovers import ThreadLeftovers
from agent_worker.slack.thread.live_answer import LiveAnswer, Place
from agent_worker.slack.thread.posts import ThreadPosts
from agent_worker.slack.thread.progress import ProgressDisplay
from agent_worker.slack.thread.progress_queue import ProgressQueue
from agent_worker.slack.thread.question_cards import QuestionCards
from agent_worker.slack.thread.status import ThreadStatus
from agent_worker.slack.thread.streams import ReplyMode, ThreadStreams
from agent_worker.slack.user_groups import UserGroups


@dataclass(frozen=True)
class Slack:
    directory: Directory
    history: ThreadHistory
    posts: ThreadPosts
    streams: ThreadStreams
    leftovers: ThreadLeftovers
    delivery: AnswerDelivery
    progress: ProgressDisplay
    status: ThreadStatus
    progress_queue: ProgressQueue
    files: SlackFiles
    attachments: SlackAttachments
    access_policy: AccessPolicy
    outlet: Outlet
    reading: SlackReading
    questions: QuestionCards
    user_groups: UserGroups
    operators: Operators

    @classmethod
    def of(
        cls,
        api: SlackApi,
        directory: Directory,
        history: ThreadHistory,
        files: SlackFiles,
        *,
        access_policy: AccessPolicy,
        mode: ReplyMode,
        links: LinkPolicy = TO_ALL_HOSTS,
        shows_cost: bool = False,
        url: str = "",
        scopes: Collection[str] | None = None,
    ) -> Slack:
        """`url` is the workspace's address, and `scopes` are those that the app has, as far as Slack has told them."""
        standing = StandingStatuses()
        posts, streams = ThreadPosts(api, history, standing), ThreadStreams(api, mode, standing)
        leftovers = ThreadLeftovers(history, streams)
        uploads = SlackUploads(api, directory.bot_user_id, standing)
        outlet = Outlet(links.and_into(url), shows_cost)
        progress, status = ProgressDisplay(posts, streams, outlet=outlet), ThreadStatus(api, standing)
        return cls(
            directory=directory,
            history=history,
            posts=posts,
            streams=streams,
            leftovers=leftovers,
            delivery=AnswerDelivery(posts, streams, leftovers, uploads, outlet),
            progress=progress,
            status=status,
            progress_queue=ProgressQueue(progress, status),
            files=files,
            attachments=SlackAttachments(uploads),
            access_policy=access_policy,
            outlet=outlet,
            questions=QuestionCards(posts, status, outlet),
            user_groups=UserGroups(api),
            operators=Operators(api, directory),
            reading=SlackReading(
                Workspace(api, directory, history.reader, access_policy.team, url, SearchGrant(scopes))
            ),
        )

    def live_answer(self, request: AskModel, draft: Draft) -> LiveAnswer:
        """Shows the answer while it is written, in this draft."""
        progress, shown = self.outlet.steps(request).progress, steps_shown(request.progress, draft)
        place = Place(
            thread=request.thread,
            turn=request.turn,
            audience=request.audience,
            may_mention=request.may_mention,
            names=request.names,
            preface=request.preface,
            above=[task_cards.plan_block(progress, is_over=False)] if progress and shown in IN_DRAFT else [],
            cards=task_cards.chunks(progress, is_over=False) if progress and shown == "stream" else (),
            outlet=self.outlet,
        )
        return LiveAnswer(self.posts, self.streams, place, draft)
