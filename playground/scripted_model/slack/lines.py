"""What Slack's tools and links hold: messages, people and channels, and how they are quoted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playground.scripted_model.language.dates import local_time
from text.json_shapes import mapping, mappings, string
from text.lines import cut, one_line

LONGEST_QUOTATION = 200  # characters
_RECENT = timedelta(days=6)  # within which a weekday says which day it was
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_ASKS = re.compile(
    r"(?:@\S+[\s,:]+)?(?:(?:who|whom|what|which|when|where|why|how)\b(?! (?:i|it|we)\b)"
    r"|(?:did|do|does|is|are) (?:any\w*|i|it|they|there|we|you)\b)",
    re.IGNORECASE,
)
Response = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A message. `user` is "" if an app wrote it, or the agent itself."""

    author: str
    user: str
    at: str
    text: str
    link: str = ""
    channel: str = ""
    replies: int = 0
    is_linked: bool = False

    @classmethod
    def read(cls, one: Mapping[str, Any], channel: str = "") -> Line:
        replies = one.get("replies")
        return cls(
            author="I" if one.get("yours") else string(one.get("from")) or "somebody",
            user=string(one.get("id")),
            at=string(one.get("at")),
            text=_text(one),
            link=string(one.get("link")),
            channel=string(one.get("channel")) or channel,
            replies=replies if isinstance(replies, int) else 0,
            is_linked=bool(one.get("linked")),
        )

    def when(self, now: datetime | None) -> str:
        """When it was written, linked to it: with the weekday, or the day if that is longer ago; "" if nobody knows."""
        moment = local_time(self.at)
        if moment is None:
            said = self.at or ("message" if self.link else "")
        elif now and abs(now - moment) < _RECENT:
            said = f"{moment:%a %H:%M}"
        else:
            said = f"{moment.day} {moment:%b %Y, %H:%M}"
        return f"[{said}]({self.link})" if self.link else said

    def first_sentence(self) -> str:
        return cut(next(iter(sentences(self.text)), ""), LONGEST_QUOTATION)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line."""
    parts = [part for line in text.splitlines() for part in _SENTENCE_END.split(line)]
    return [one for part in parts if (one := one_line(part, 4 * LONGEST_QUOTATION))]


def is_question(sentence: str) -> bool:
    """Whether it ends or begins like one, perhaps after the name of who is asked."""
    return sentence.rstrip().endswith("?") or bool(_ASKS.match(sentence))


def output_of(response: Response) -> Mapping[str, Any]:
    """What a tool has returned; an empty object if it has failed."""
    return mapping(response.get("output"))


def lines_of(found: Mapping[str, Any]) -> list[Line]:
    """The messages of a result or of a link."""
    channel = string(found.get("channel")) or string(found.get("place"))
    return [Line.read(one, channel) for one in mappings(found.get("messages"))]


def lines_in(responses: Iterable[Response]) -> list[Line]:
    """The messages of several results, those with a link once."""
    lines = [line for response in responses for line in lines_of(output_of(response))]
    return list({line.link or str(number): line for number, line in enumerate(lines)}.values())


def errors_in(responses: Iterable[Response]) -> list[str]:
    """Why tools have returned nothing, each sentence once."""
    return list(dict.fromkeys(string(one["error"]) or "That did not work." for one in responses if "error" in one))


def left_out_in(responses: Iterable[Response]) -> list[str]:
    """What the results say to be missing in them, each sentence once."""
    found = [string(output_of(response).get("left_out")) for response in responses]
    return [f"_{sentence}_" for sentence in dict.fromkeys(found) if sentence]


def called(author: str, user: str, taking_part: Iterable[str]) -> str:
    """A person as the agent names them: mentioned if they take part in the thread."""
    return f"<@{user}>" if user and user in taking_part else f"**{author}**"


def paragraphs(*texts: str | Sequence[str]) -> str:
    """The texts that are not empty, each a paragraph; of several, each is a line of one."""
    return "\n\n".join(filter(None, (one if isinstance(one, str) else "\n".join(one) for one in texts)))


def place_of(responses: Iterable[Response]) -> str:
    """The channel that was read, as the tool calls it; "" if nothing was read."""
    return next(filter(None, (string(output_of(response).get("channel")) for response in responses)), "")


def _text(one: Mapping[str, Any]) -> str:
    """What the message says; what it quotes, or the names of its files, if it says nothing itself."""
    quoted = [string(other.get("text")) for other in mappings(one.get("attached"))]
    files = one.get("files")
    names = [f"({name})" for name in files if isinstance(name, str)] if isinstance(files, list) else []
    return string(one.get("text")) or "\n".join(filter(None, [*quoted, *names]))
