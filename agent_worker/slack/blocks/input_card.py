"""What a server asks people about a call, on the card of the question. Pure.

The server's words are a stranger's: they are escaped, quoted, cut, and said to be the server's. The address of a page
is not on the card: only who may answer is told it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from agent_worker.contract.questions import FILL_BUTTON, LINK_BUTTON, OPENED_BUTTON, REJECT_BUTTON, pack
from agent_worker.payloads.questions import CardForm, CardItem, QuestionCard
from agent_worker.slack.blocks.mentions import escaped
from agent_worker.slack.blocks.posts import TEXT_LIMIT
from process.block_kit import Block, actions, button, context, section
from text.characters import without_hidden
from text.lines import name as visible
from text.lines import one_line

LONGEST_MESSAGE = 600  # characters of one of the server's questions
WARNING = "What you write is kept by me and given to the server. Never write passwords or other secrets."
PAGE_WARNING = "The page belongs to somebody else: open it only if you know it."
SETTLED = {
    "approved": ":white_check_mark: Answered by {by}",
    "rejected": ":no_entry_sign: {by} has declined to answer",
    "expired": ":hourglass: Nobody has answered in time",
    "cancelled": ":no_entry_sign: Called off",
}
ENDINGS = {"": "", "running": " · running…", "done": " · done", "failed": " · it did not work"}


def said(form: CardForm) -> str:
    """The question in one line, for notifications."""
    return f"The server {form.server} asks: {one_line(form.messages[0], 300)}"


def blocks(card: QuestionCard, at: int, item: CardItem, form: CardForm, room: int, *, is_alone: bool) -> list[Block]:
    """`is_alone`: nothing else on the card waits for people, so its button may be emphasised."""
    asked = section(_asked(item, form, min(room, TEXT_LIMIT - 100)))
    if item.outcome != "waiting":
        return [asked, context(_settled(item))]
    people = " or ".join(f"<@{one}>" for one in form.people) or "nobody"
    warnings = [WARNING] if form.has_form else []
    warnings += [PAGE_WARNING] if form.has_link else []
    row = _row(form, pack(card.question, card.version, at), is_alone=is_alone) | {
        "block_id": f"question:{card.version}:{at}"
    }
    return [
        asked,
        row,
        context(" ".join(warnings), f"{_approved(item)}{people} can answer this · until {moment(card.expires_at)}"),
    ]


def _asked(item: CardItem, form: CardForm, room: int) -> str:
    does = escaped(one_line(item.does, 150), (), 300)
    shown = f"*The server {escaped(form.server, (), 100)} asks something, to go on with “{does}”:*"
    hosts = [f"_and wants a page of_ `{escaped(host, (), 300)}` _to be opened_" for host in form.hosts]
    arguments = [argument(name, value) for name, value in item.arguments]
    for line in [
        *arguments,
        *(f"> {escaped(one_line(one, LONGEST_MESSAGE), (), 1_000)}" for one in form.messages),
        *hosts,
    ]:
        if len(shown) + len(line) > room:
            return f"{shown}\n_… the rest is too long to be shown_"
        shown = f"{shown}\n{line}"
    return shown


def _row(form: CardForm, value: str, *, is_alone: bool) -> Block:
    style = {"style": "primary"} if is_alone else {}
    buttons = [button("Fill In", FILL_BUTTON, value=value, **style)] if form.has_form else []
    if form.has_link:
        buttons += [button("Show Me the Link", LINK_BUTTON, value=value), button("Done", OPENED_BUTTON, value=value)]
    return actions(*buttons, button("Cancel", REJECT_BUTTON, value=value))


def _settled(item: CardItem) -> str:
    by = f"<@{item.by}>" if item.by else "a person"
    reason = f" Reason: {escaped(one_line(item.reason, 500), (), 1_000)}" if item.reason else ""
    sentence = SETTLED.get(item.outcome, "").format(by=by)
    return f"{_approved(item)}{sentence} · {moment(item.at)}{ENDINGS[item.ending]}{reason}"


def _approved(item: CardItem) -> str:
    """Who had approved the call before the server asked."""
    people = ", ".join(f"<@{one}>" for one in item.approved_by)
    return f"Approved by {people} · " if people else ""


def argument(name: str, value: str) -> str:
    """On one line; of several lines each is quoted, so that none of them reads as another argument."""
    lines = escaped(without_hidden(value), (), 1_200).splitlines()
    shown = lines[0] if len(lines) == 1 else "".join(f"\n> {line}" for line in lines)
    return f"{escaped(visible(name.replace('_', ' '), 100), (), 100)}: {shown}"


def moment(seconds: float) -> str:
    """In the reader's own time zone; in UTC where Slack does not show dates."""
    fallback = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(seconds)}^{{date_short_pretty}} {{time}}|{fallback}>"
