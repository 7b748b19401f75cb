"""What a thread holds when a turn is over: the messages, and a file if the answer is too long for them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agent_worker.payloads import costs
from agent_worker.payloads.errors import UNUSABLE_ANSWER, sentence
from agent_worker.payloads.thread import IN_DRAFT, Deliver
from agent_worker.slack.blocks import buttons, posts, task_cards
from agent_worker.slack.blocks.posts import Post
from process.block_kit import Block

MOST_MESSAGES = 3  # an answer that needs more is shortened, and sent whole as a file
# Characters. A longer answer needs more than MOST_MESSAGES, so only its beginning is cut into messages: that takes less
# than 0.1 s, in which the worker does nothing else.
LONGEST_IN_MESSAGES = 60_000
IN_THE_FILE = "\n\n_(The whole answer is longer than that: it is in the file below.)_"
ANSWER_FILE = "answer-{turn}.md"
# Types of blocks that an answer can do without: not every workspace has them, and together with the text they can be
# more than Slack takes.
_OPTIONAL = {"plan", "context_actions"}


@dataclass(frozen=True)
class Layout:
    """`posts` in their order; `file` is the text of the file below them, if there is one.

    `is_answer` is False for a notice, and for a withdrawn question, of which nothing stays.
    """

    posts: Sequence[Post]
    file: str | None = None
    is_answer: bool = True


def lay_out(request: Deliver) -> Layout:
    """The messages that the thread is to hold at the end of the turn."""
    if request.withdrawn:
        return Layout([], is_answer=False)
    if request.is_notice:
        below = [buttons.try_again_button(request.turn)] if request.offers_again and request.turn else []
        notice = posts.notice(request.text)
        return Layout([Post(notice.text, [*_steps_above(request), *notice.blocks, *below])], is_answer=False)
    whole = request.preface + request.text
    try:
        if len(whole) > LONGEST_IN_MESSAGES and not posts.is_blank(whole[:LONGEST_IN_MESSAGES]):
            return _with_file(request)
        layout = lay_out_without_file(request)
    except ValueError:  # a person would see nothing of this answer
        return Layout([posts.notice(sentence(UNUSABLE_ANSWER))], is_answer=False)
    return layout if len(layout.posts) <= MOST_MESSAGES else _with_file(request)


def lay_out_without_file(request: Deliver) -> Layout:
    """The answer in as many messages as it takes; beyond `posts.LONGEST_ANSWER` only the file holds all of it.

    Raises ValueError if nothing of the answer can be seen.
    """
    whole = posts.answer(request.preface + request.text, request.may_mention)
    return Layout(_with_steps_and_buttons(whole, request))


def variants(post: Post) -> list[Post]:
    """The post, and the same without its optional blocks for the case that Slack refuses it. One if it has none."""
    plainer = Post(post.text, without_optional(post.blocks))
    return [post] if plainer == post else [post, plainer]


def without_optional(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that an answer cannot do without."""
    return [block for block in blocks if block["type"] not in _OPTIONAL]


def blocks_below(request: Deliver) -> list[Block]:
    """The buttons and the footer below an answer; none below words that a question to people follows on."""
    if request.asks_people:
        return []
    if not request.turn:
        return []
    return buttons.below_answer(request.turn, offers_again=request.offers_again, cost=costs.words(request.spent))


def file_name(request: Deliver) -> str:
    """The same for each delivery of a turn, so that the file is uploaded once."""
    return ANSWER_FILE.format(turn=request.turn.replace(".", "-").replace(":", "-"))


def _with_file(request: Deliver) -> Layout:
    """The beginning of an answer in messages, and the whole answer as a file."""
    whole = request.preface + request.text
    beginning = _beginning(whole[:LONGEST_IN_MESSAGES], request.may_mention)
    return Layout(_with_steps_and_buttons(beginning, request), whole)


def _beginning(markdown: str, may_mention: Collection[str]) -> list[Post]:
    """The first `MOST_MESSAGES` messages of an answer; the last one says that the whole answer is in the file."""
    room = posts.MARKDOWN_LIMIT - len(IN_THE_FILE)
    *others, last = posts.answer(markdown, may_mention, room)[:MOST_MESSAGES]
    return [*others, *posts.answer(_markdown_of(last) + IN_THE_FILE, may_mention)]


def _with_steps_and_buttons(bare: Sequence[Post], request: Deliver) -> list[Post]:
    """Puts the steps above the first message, and the buttons and the footer below the last one."""
    complete = [Post(bare[0].text, [*_steps_above(request), *bare[0].blocks]), *bare[1:]]
    complete[-1] = Post(complete[-1].text, [*complete[-1].blocks, *blocks_below(request)])
    return complete


def _steps_above(request: Deliver) -> list[Block]:
    """The steps, if the thread shows them together with the draft and not in a message of their own."""
    progress = request.progress
    if progress is None or request.steps_shown not in IN_DRAFT:
        return []
    return [task_cards.plan_block(progress, is_over=True)]


def _markdown_of(post: Post) -> str:
    return "".join(str(block.get("text", "")) for block in post.blocks if block["type"] == "markdown")
