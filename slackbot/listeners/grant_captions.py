"""How grants are described to people: what is allowed, where, since when and until when, each with a Revoke button."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_worker.contract.grants import Grant
from agent_worker.contract.messages import Thread
from agent_worker.contract.names import HOME_REVOKE_BUTTON, REVOKE_BUTTON
from process.block_kit import Block, button, confirmation, header, section
from process.slack import Identity
from slackbot.conversations.grants import Grants
from slackbot.conversations.recent import TEMPORAL_IS_AWAY
from slackbot.listeners.conversation_captions import literal, moment, permalink
from text import lines
from text.lines import cut

ALWAYS_ALLOWED = "Always allowed"
UNSEEN = "I can't see what you have always allowed just now. Please look again in a few minutes."
UNSEEN_HERE = "I can't see what is always allowed here just now. Please try again in a few minutes."
NONE_HERE = "Nothing is always allowed in this channel: I ask each time."
HERE = "In this channel I do these things without asking:"
SHOWN_AT_HOME = 30  # of the 100 blocks of a Home tab, the conversations take 40
SHOWN_HERE = 40  # of the 50 blocks of a message
LARGEST_HERE = 12_000  # characters of their JSON together: Slack refuses messages with 13,200 characters of text
LONGEST_TEXT = 3_000  # characters, of the 4,000 that Slack takes
LONGEST_TITLE = 150  # characters


@dataclass(frozen=True)
class Answer:
    """A message for one person; `text` is what is read where blocks are not shown."""

    text: str
    blocks: Sequence[Block]


async def at_home(grants: Grants, bot: Identity, user: str, notice: str) -> list[Block]:
    """What the Home tab shows of the grants that the person has given: nothing if there are none, and no notice."""
    said = [section(notice)] if notice else []
    try:
        given = await grants.given_by(user)
    except TEMPORAL_IS_AWAY:
        return [header(ALWAYS_ALLOWED), *said, section(UNSEEN)]
    shown = [section(_described(grant, bot), _revoke(grant, HOME_REVOKE_BUTTON)) for grant in given[:SHOWN_AT_HOME]]
    if more := len(given) - len(shown):
        shown.append(section(f"And {more} more: `/agent grants` lists those of the channel where you type it."))
    return [header(ALWAYS_ALLOWED), *said, *shown] if said or shown else []


async def in_channel(grants: Grants, bot: Identity, channel: str, notice: str = "") -> Answer:
    """The answer to `/agent grants`, and to pressing a button in that answer."""
    said, listed = [notice] if notice else [], list[Grant]()
    try:
        listed = await grants.in_channel(channel)
        said.append(HERE if listed else NONE_HERE)
    except TEMPORAL_IS_AWAY:
        said.append(UNSEEN_HERE)
    blocks = _fitting(_with_giver(grant, bot) for grant in listed[:SHOWN_HERE])
    left_out = len(listed) - len(blocks)
    more = [f"And {left_out} more, which this list shows when others are revoked."] if left_out else []
    text = "\n".join([*said, *(f"• {_title(grant)}" for grant in listed[: len(blocks)]), *more])
    return Answer(cut(text, LONGEST_TEXT), [*map(section, said), *blocks, *map(section, more)])


def _fitting(blocks: Iterable[Block]) -> list[Block]:
    """As many of the blocks as fit into one message."""
    fitting, room = [], LARGEST_HERE
    for block in blocks:
        room -= len(json.dumps(block, ensure_ascii=False))
        if room < 0:
            break
        fitting.append(block)
    return fitting


def _with_giver(grant: Grant, bot: Identity) -> Block:
    return section(f"{_described(grant, bot)} · by <@{grant.by}>", _revoke(grant, REVOKE_BUTTON))


def _described(grant: Grant, bot: Identity) -> str:
    return f"*{_title(grant)}*\n{' · '.join(_facts(grant, bot))}"


def _facts(grant: Grant, bot: Identity) -> Iterator[str]:
    """Where, since when, and until when."""
    channel = "our direct messages" if grant.channel.startswith("D") else f"<#{grant.channel}>"
    if not grant.thread_ts:
        yield f"In {channel}"
    elif link := permalink(bot.url, Thread(team=bot.team_id, channel=grant.channel, thread_ts=grant.thread_ts)):
        yield f"In <{link}|one thread> of {channel}"
    else:
        yield f"In one thread of {channel}"
    yield f"since {_moment(grant.at)}"
    yield "until it is revoked" if grant.until is None else f"until {_moment(grant.until)}"


def _title(grant: Grant) -> str:
    return literal(lines.title(grant.title, LONGEST_TITLE)) or literal(lines.title(grant.tool, LONGEST_TITLE))


def _moment(seconds: float) -> str:
    return moment(datetime.fromtimestamp(seconds, UTC))


def _revoke(grant: Grant, action_id: str) -> Block:
    """Slack asks before it sends the click."""
    asked = confirmation(
        "Revoke this?",
        f"From then on I ask again before I do this: {lines.title(grant.title or grant.tool, LONGEST_TITLE)}",
        "Revoke",
        "Keep",
        style="danger",
    )
    return button("Revoke", action_id, value=grant.id, confirm=asked)
