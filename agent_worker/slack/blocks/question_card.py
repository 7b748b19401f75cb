"""The card that asks people: what exactly is to happen, the buttons to decide it, and later how it was decided. Pure.

It follows Slack's own list for such cards: one primary button that says what it does, names in place of ids, and the
settled card says who has decided. Everything that a tool or the model has written is escaped, and notifies nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.questions import (
    ALWAYS_BUTTON,
    APPROVE_ALL_BUTTON,
    APPROVE_BUTTON,
    CHOOSE_BUTTON,
    CHOOSE_SELECT,
    EDIT_BUTTON,
    REJECT_BUTTON,
    WRITE_BUTTON,
    pack,
)
from agent_worker.payloads.questions import CardForm, CardItem, QuestionCard
from agent_worker.slack.blocks import input_card
from agent_worker.slack.blocks.input_card import (
    ENDINGS,
    MOST_IN_ROWS,
    SHORTEST_FIRST_LINE,
    argument,
    fitting,
    moment,
    people,
)
from agent_worker.slack.blocks.mentions import escaped
from agent_worker.slack.blocks.posts import TEXT_LIMIT, Post
from process.block_kit import Block, actions, button, context, plain_text, section
from text.characters import without_hidden
from text.lines import name as visible
from text.lines import one_line

ROOM = 11_000  # characters of all calls on a card; Slack takes about 13,200 of all blocks together
LONGEST_VERB = 40  # characters of a button
MOST_SOURCES = 3
MOST_BUTTONS = 5  # options that are shown as buttons; more are a menu
LONGEST_OPTION = 75  # characters
DANGEROUS = frozenset({"delete", "remove", "destroy", "drop", "purge", "erase", "revoke", "terminate", "wipe", "kill"})
SETTLED = {
    "approved": ":white_check_mark: Approved by {by}",
    "rejected": ":no_entry_sign: Rejected by {by}. I won't do it.",
    "expired": ":hourglass: Nobody has decided in time. I won't do it.",
    "cancelled": ":no_entry_sign: Called off. I won't do it.",
}


def post(card: QuestionCard) -> Post:
    """The message that shows the card as it stands."""
    is_choice = card.kind == "choose"
    blocks = _choice(card) if is_choice else _approval(card)
    first = card.items[0]
    if first.form is not None:
        return Post(escaped(input_card.said(first.form), (), TEXT_LIMIT), blocks)
    open_items = [item for item in card.items if item.outcome == "waiting"]
    said = f"{first.does}?" if open_items and not is_choice else first.does
    return Post(escaped(without_hidden(said), (), TEXT_LIMIT), blocks)


# Approvals


def _approval(card: QuestionCard) -> list[Block]:
    """At most one button is emphasised: of several rows none, but the one for all of them."""
    open_items = [item for item in card.items if item.outcome == "waiting"]
    is_alone = len(open_items) == 1
    in_rows = [at for at, item in enumerate(card.items) if item.outcome == "waiting"][:MOST_IN_ROWS]
    waiting = [at for at, item in enumerate(card.items) if item.outcome == "waiting" and item.form is None]
    forms = [card.items[at].form for at in in_rows]
    blocks: list[Block] = []
    for at, item in enumerate(card.items):
        blocks += (
            _call(card, item) if item.form is None else _form(card, at, item, item.form, in_rows, is_alone=is_alone)
        )
        blocks += [_row(card, at, item, is_alone=is_alone)] if at in in_rows and item.form is None else []
    if len(waiting) > 1:
        value, style = pack(card.question, card.version, None), _emphasis([card.items[at] for at in waiting])
        all_of_them = button(f"Approve All {len(waiting)}", APPROVE_ALL_BUTTON, value=value, style=style)
        blocks.append(_with_id(card, "all", actions(all_of_them)))
    if asking := [form for form in forms if form is not None]:
        blocks.append(input_card.who(card, asking))
    return [*blocks, *([context(_who(card))] if waiting else [])]


def _form(
    card: QuestionCard, at: int, item: CardItem, form: CardForm, in_rows: Sequence[int], *, is_alone: bool
) -> list[Block]:
    """What a server asks about a call."""
    room = ROOM // len(card.items)
    if item.outcome == "waiting" and at not in in_rows:
        return input_card.later(item, form, room)
    return input_card.blocks(card, at, item, form, room, is_alone=is_alone)


def _call(card: QuestionCard, item: CardItem) -> list[Block]:
    """What happens, and how it stands: of many calls in one block each, as a message takes no more."""
    room = ROOM // len(card.items)
    stands = _stands(card, item, room // 2)
    said = _said(item, room - len(stands))
    if len(card.items) > MOST_IN_ROWS:
        return [section(f"{said}\n{stands}" if stands else said)]
    return [section(said), *([context(stands)] if stands else [])]


def _stands(card: QuestionCard, item: CardItem, room: int) -> str:
    """How it was decided, or who has approved it so far; "" if there is nothing to tell."""
    if item.outcome != "waiting":
        return _settled(item, min(room, TEXT_LIMIT - 100))
    return _approved_so_far(card, item) if item.approved_by else ""


def _said(item: CardItem, room: int) -> str:
    """The first line says what happens, always; below it, the arguments as far as there is room."""
    is_open = item.outcome in {"waiting", "approved"}
    room = min(room, TEXT_LIMIT - 100)
    does = escaped(visible(item.does, 300), (), min(600, max(room - 10, SHORTEST_FIRST_LINE)))
    mark = "*" if is_open else "~"
    asked = "?" if item.outcome == "waiting" else ""
    shown = f"{mark}{does}{asked}{mark}"
    edited = ["_edited by a person_"] if item.is_edited else []
    for line in [*edited, *(argument(name, value) for name, value in item.arguments)]:
        if len(shown) + len(line) > room:
            return f"{shown}\n_… the rest is too long to be shown_"
        shown = f"{shown}\n{line}"
    return shown


def _emphasis(items: Sequence[CardItem]) -> str:
    """The style of the button that approves these calls."""
    words = {word.lower() for item in items for word in item.verb.split()}
    return "danger" if DANGEROUS & words else "primary"


def _row(card: QuestionCard, at: int, item: CardItem, *, is_alone: bool) -> Block:
    value = pack(card.question, card.version, at)
    verb = one_line(item.verb, LONGEST_VERB)
    style = {"style": _emphasis([item])} if is_alone else {}
    buttons = [button(verb, APPROVE_BUTTON, value=value, **style)]
    buttons += [button("Edit", EDIT_BUTTON, value=value)] if item.may_be_edited else []
    buttons += [button("Always…", ALWAYS_BUTTON, value=value)] if item.may_be_granted else []
    return _with_id(card, str(at), actions(*buttons, button("Cancel", REJECT_BUTTON, value=value)))


def _with_id(card: QuestionCard, part: str, block: Block) -> Block:
    """A new version of the card has new blocks."""
    return block | {"block_id": f"question:{card.version}:{part}"}


def _settled(item: CardItem, room: int) -> str:
    by = f"<@{item.by}>" if item.by else "a person"
    sentence = SETTLED.get(item.outcome, "").format(by=by)
    edited = " as edited" if item.is_edited and item.outcome == "approved" else ""
    others = [one for one in item.approved_by if one != item.by]
    together = f", with {people(others, ', ')}" if others and item.outcome == "approved" else ""
    always = f" · always {item.granted}" if item.granted else ""
    decided = f"{sentence}{together}{edited}{always} · {moment(item.at)}{ENDINGS[item.ending]}"
    reason = fitting(" Reason: ", one_line(item.reason, 500), room - len(decided))
    return f"{decided}{_result(item, room - len(decided) - len(reason))}{reason}"


def _result(item: CardItem, room: int) -> str:
    """What came of the call: pages that a person can open, or the tool's own words."""
    if item.ending not in {"done", "failed"}:
        return ""
    links = ""
    for source in item.sources[:MOST_SOURCES]:
        link = f"{', ' if links else ': '}<{_address(source.url)}|{escaped(source.text, (), 200)}>"
        links += link if len(links) + len(link) <= room else ""
    return links or fitting(": ", item.returned, min(room, 400))


def _address(url: str) -> str:
    """The address as it may stand in a link of Slack's markup: nothing in it can end the link."""
    escapes = {"<": "%3C", ">": "%3E", "|": "%7C", "&": "&amp;"}
    return "".join(escapes.get(sign, sign) for sign in url)


def _approved_so_far(card: QuestionCard, item: CardItem) -> str:
    return f"Approved by {people(item.approved_by, ', ')} · {len(item.approved_by)} of {card.needed} needed"


def _who(card: QuestionCard) -> str:
    able = people(card.people, " or ") or "nobody"
    needed = f" · {card.needed} of them have to approve" if card.needed > 1 else ""
    return f"{able} can decide this{needed} · until {moment(card.expires_at)}"


# Choices


def _choice(card: QuestionCard) -> list[Block]:
    item = card.items[0]
    asked = section(f"*{escaped(without_hidden(item.does), (), TEXT_LIMIT - 100)}*")
    if item.outcome == "approved":
        by = f"<@{item.by}>" if item.by else "a person"
        said = f": {escaped(one_line(item.reason, 500), (), 1_000)}" if item.reason else " has answered in the thread."
        return [asked, context(f":white_check_mark: {by}{said}")]
    if item.outcome != "waiting":
        return [asked, context(f"{SETTLED[item.outcome].split('. ')[0]}.")]
    value = pack(card.question, card.version, 0)
    in_own_words = button("Write an Answer", WRITE_BUTTON, value=value)
    chosen = _menu(card) if len(card.options) > MOST_BUTTONS else _options(card)
    return [asked, _with_id(card, "choice", actions(*chosen, in_own_words)), context(_who(card))]


def _options(card: QuestionCard) -> Sequence[Block]:
    """Each option is a button. Slack wants each `action_id` of a block once."""
    return [
        button(one_line(option, LONGEST_OPTION), f"{CHOOSE_BUTTON}:{at}", value=pack(card.question, card.version, at))
        for at, option in enumerate(card.options)
    ]


def _menu(card: QuestionCard) -> Sequence[Block]:
    options = [
        {"text": plain_text(one_line(option, LONGEST_OPTION)), "value": pack(card.question, card.version, at)}
        for at, option in enumerate(card.options)
    ]
    return [
        {
            "type": "static_select",
            "action_id": CHOOSE_SELECT,
            "placeholder": plain_text("Choose an answer"),
            "options": options,
        }
    ]
