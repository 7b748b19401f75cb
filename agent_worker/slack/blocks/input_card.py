"""What a server asks people about a call, on the card of the question. Pure.

The server's words are a stranger's: they are escaped, quoted, cut, and said to be the server's. The address of a page
is not on the card: only who may answer is told it.
"""

from __future__ import annotations

from collections.abc import Sequence
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
SHORTEST_FIRST_LINE = 80  # characters that the words for what happens have in any case
SHORTEST_TEXT = 20  # characters of a reason or a result that is cut
MOST_NAMED = 10  # people
MOST_IN_ROWS = 12  # calls that have buttons of their own at the same time: a message has at most 50 blocks
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
    """What the server asks, in one block, and the buttons to answer it; its text has about `room` characters.

    `is_alone`: nothing else on the card waits for people, so its button may be emphasised.
    """
    room = min(room, TEXT_LIMIT - 100)
    if item.outcome != "waiting":
        stands = _settled(item, room // 2)
        asked = _asked(item, form, room - len(stands))
        return [section(f"{asked}\n{stands}")] if len(card.items) > MOST_IN_ROWS else [section(asked), context(stands)]
    row = _row(form, pack(card.question, card.version, at), is_alone=is_alone)
    return [section(_asked(item, form, room)), row | {"block_id": f"question:{card.version}:{at}"}]


def later(item: CardItem, form: CardForm, room: int) -> list[Block]:
    """The same without buttons: it is answered when others have been."""
    return [section(_asked(item, form, min(room, TEXT_LIMIT - 100)))]


def who(card: QuestionCard, forms: Sequence[CardForm]) -> Block:
    """Who can answer all that waits, and what they should know before."""
    warnings = [WARNING] if any(form.has_form for form in forms) else []
    warnings += [PAGE_WARNING] if any(form.has_link for form in forms) else []
    able = people(forms[0].people, " or ") or "nobody"
    return context(*warnings, f"{able} can answer this · until {moment(card.expires_at)}")


def _asked(item: CardItem, form: CardForm, room: int) -> str:
    does = escaped(one_line(item.does, 150), (), max(SHORTEST_FIRST_LINE, min(300, room - 130)))
    approved = f"_{_approved(item)}_\n" if item.approved_by and item.outcome == "waiting" else ""
    shown = f"{approved}*The server {escaped(form.server, (), 50)} asks something, to go on with “{does}”:*"
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


def _settled(item: CardItem, room: int) -> str:
    by = f"<@{item.by}>" if item.by else "a person"
    sentence = SETTLED.get(item.outcome, "").format(by=by)
    approved = f"{_approved(item)} · " if item.approved_by else ""
    decided = f"{approved}{sentence} · {moment(item.at)}{ENDINGS[item.ending]}"
    return f"{decided}{fitting(' Reason: ', one_line(item.reason, 500), room - len(decided))}"


def _approved(item: CardItem) -> str:
    """Who had approved the call before the server asked."""
    return f"Approved by {people(item.approved_by, ', ', most=3)}"


def people(ids: Sequence[str], between: str, *, most: int = MOST_NAMED) -> str:
    """The first of them as mentions, and how many more there are."""
    shown = [f"<@{one}>" for one in ids[:most]]
    left = len(ids) - most
    return between.join([*shown, *([f"{left} more"] if left > 0 else [])])


def fitting(before: str, text: str, room: int) -> str:
    """The text behind these words, cut to the room; "" if there is none, or no room to say anything."""
    room -= len(before)
    return f"{before}{escaped(text, (), room)}" if text and room > SHORTEST_TEXT else ""


def argument(name: str, value: str) -> str:
    """On one line; of several lines each is quoted, so that none of them reads as another argument."""
    lines = escaped(without_hidden(value), (), 1_200).splitlines()
    shown = lines[0] if len(lines) == 1 else "".join(f"\n> {line}" for line in lines)
    return f"{escaped(visible(name.replace('_', ' '), 100), (), 100)}: {shown}"


def moment(seconds: float) -> str:
    """In the reader's own time zone; in UTC where Slack does not show dates."""
    fallback = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(seconds)}^{{date_short_pretty}} {{time}}|{fallback}>"
