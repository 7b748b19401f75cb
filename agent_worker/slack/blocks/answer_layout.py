"""How the end of a turn is to look in its thread: its messages, and a file for what is too long for them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.payloads.errors import UNUSABLE_ANSWER, sentence
from agent_worker.payloads.thread import IN_DRAFT, Deliver
from agent_worker.slack.blocks import buttons, posts, task_cards
from agent_worker.slack.blocks.posts import Post

MOST_MESSAGES = 3
IN_THE_FILE = "\n\n_(The whole answer is longer than that: it is in the file below.)_"
ANSWER_FILE = "answer-{turn}.md"
# What an answer can do without, where a workspace does not have it, or where all together is too much for Slack.
_DISPENSABLE = {"plan", "context_actions"}

Block = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """Messages in their order; `file` is the text of one that goes with them."""

    posts: Sequence[Post]
    file: str | None = None
    is_answer: bool = True


def form(request: Deliver) -> Form:
    if request.withdrawn:
        return Form([], is_answer=False)
    if request.is_notice:
        below = buttons.below_notice(request.turn) if request.offers_again and request.turn else []
        notice = posts.notice(request.text)
        return Form([Post(notice.text, [*notice.blocks, *below])], is_answer=False)
    try:
        whole = in_messages(request)
    except ValueError:  # nothing in it that a person could see
        return Form([posts.notice(sentence(UNUSABLE_ANSWER))], is_answer=False)
    if len(whole.posts) <= MOST_MESSAGES:
        return whole
    return Form(_framed(_beginning(request), request), request.preface + request.text)


def in_messages(request: Deliver) -> Form:
    """An answer in as many messages as it takes. Raises ValueError if there is nothing to see in it."""
    return Form(_framed(posts.answer(request.preface + request.text, request.may_mention), request))


def looks(post: Post) -> list[Post]:
    """The post, and the post without what it can do without."""
    return [post, bare] if (bare := Post(post.text, bare_blocks(post.blocks))) != post else [post]


def bare_blocks(every: Sequence[Block]) -> list[Block]:
    return [block for block in every if block["type"] not in _DISPENSABLE]


def closing(request: Deliver) -> list[Block]:
    """What stands below the answer of a turn."""
    return buttons.below_answer(request.turn, offers_again=request.offers_again) if request.turn else []


def file_name(request: Deliver) -> str:
    return ANSWER_FILE.format(turn=request.turn.replace(".", "-").replace(":", "-"))


def _beginning(request: Deliver) -> list[Post]:
    """As much as a few messages hold, with a word about the rest."""
    room = posts.MARKDOWN_LIMIT - len(IN_THE_FILE)
    *others, last = posts.answer(request.preface + request.text, request.may_mention, room)[:MOST_MESSAGES]
    return [*others, *posts.answer(_text_of(last) + IN_THE_FILE, request.may_mention)]


def _framed(bare: Sequence[Post], request: Deliver) -> list[Post]:
    """With the steps above the first message, where they have none of their own, and the buttons below the last."""
    framed = [Post(bare[0].text, [*_steps_above(request), *bare[0].blocks]), *bare[1:]]
    framed[-1] = Post(framed[-1].text, [*framed[-1].blocks, *closing(request)])
    return framed


def _steps_above(request: Deliver) -> list[Block]:
    progress = request.progress
    if progress is None or request.steps_shown not in IN_DRAFT:
        return []
    return [task_cards.plan_block(progress.steps, is_over=True)]


def _text_of(post: Post) -> str:
    return "".join(str(block.get("text", "")) for block in post.blocks if block["type"] == "markdown")
