"""Links to Slack messages in what people write: which the model was told of, and which are still to be read. Pure.

What a link leads to stands behind the message that has the link, as a part of it. So it goes when the message is
deleted, or when an edit takes the link out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agent_worker.contract.messages import UserMessage
from agent_worker.conversation.wording import model_form
from agent_worker.conversation.wording.permalinks import links_in
from agent_worker.payloads.links import LinkContents, MessageLink
from agent_worker.payloads.storage_limits import size_of
from agent_worker.payloads.thread import Author

NOT_NOW = "The link could not be read just now. Say so, and that it may be tried again later."
MOST_LINKS = 10  # of one message that are handed to the worker, which reads the first few and says so of the others
MOST_MESSAGES = 5  # whose links are read in one turn
TURN_BYTES = 100_000  # of what the links of one turn lead to
TOO_MANY = "Too many links for one answer: this one was not read. Say so."
TOO_LONG = "What the links lead to is too long for one answer: this one was left out. Say so."
NOT_READ = "Could not be read"  # on the card of a link
_TITLE = "A link to a message"


def unread(message: UserMessage, told: Callable[[], Iterable[str]]) -> list[MessageLink]:
    """The links of a question that are to be read.

    `told` returns the lines in which the model has read the message: it is asked only if there are links.
    """
    links = links_in(message.text)[:MOST_LINKS] if message.addressed else []
    known = set(map(link_of, told())) if links else set()
    return [link for link in links if link.url not in known]


def askers(message: UserMessage) -> list[Author]:
    """With whose eyes the links of a message are read: its author's. An app has none."""
    return [] if message.from_app else [Author(id=message.user, team=message.team)]


def still_linked(text: str, told: Callable[[], Iterable[str]]) -> list[str]:
    """Of the lines in which the model has read a message, those about links that stand in its `text`."""
    there = {link.url for link in links_in(text)}
    return [line for line in told() if link_of(line) in there] if there else []


def missed(told: Iterable[str]) -> dict[str, str]:
    """Of the lines in which the model has read a message, those about links that could not be read, by the link."""
    read = [(line, model_form.fields(line)) for line in told]
    return {fields["link"]: line for line, fields in read if "link" in fields and fields.get("unreadable") == NOT_NOW}


def link_of(line: str) -> str:
    """The link that the line is about; "" if it is about none."""
    return str(model_form.fields(line).get("link", ""))


def lines_within(contents: Iterable[LinkContents], room: int) -> list[str]:
    """The lines about links, as far as they fit into `room` (bytes); of the others one that says so."""
    lines: list[str] = []
    for one in contents:
        fits = size_of(one.line) <= room
        lines.append(one.line if fits else model_form.line(link=one.url, unreadable=TOO_LONG))
        room -= size_of(one.line) if fits else 0
    return lines


def parts(lines: Iterable[str]) -> list[dict[str, Any]]:
    return [{"text": line} for line in lines]


def not_read(links: Sequence[MessageLink], why: str) -> list[LinkContents]:
    """What the model is told of links that were not read."""
    lines = [(link.url, model_form.line(link=link.url, unreadable=why)) for link in links]
    return [LinkContents(url=url, line=line, title=_TITLE, failed=True) for url, line in lines]
