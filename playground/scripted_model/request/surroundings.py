"""Who asks, when and where: read from the JSON objects in which the agent tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from emulators.gemini.request import Content
from playground.scripted_model.language.dates import local_time
from playground.scripted_model.request.input_lines import Object, is_said, objects, said_now, words_of
from text.json_shapes import mappings, string

HERE = "here"  # in the place of a channel: the one of the conversation
_DIRECT = "direct messages"


@dataclass(frozen=True)
class Surroundings:
    """`question` is what people write themselves in this turn, without files and without what they quote.

    `now` is when the newest message was written, in the time zone `zone` of its author; None if the agent did not tell.
    `channel` and `message` are what that person looks at beside the agent: an id, and a link. `links` are what the
    links in the turn lead to, `brought` what came with the messages of the turn (files, and what they quote), `said`
    what people said in the thread before it, and `taking_part` are the ids of all of them. `asker` is the id of who
    asks, `person` what their profile says, and `place` tells where the conversation is.
    """

    question: str = ""
    now: datetime | None = None
    zone: str = ""
    channel: str = ""
    message: str = ""
    links: Sequence[Object] = ()
    brought: Sequence[Object] = ()
    said: Sequence[Object] = ()
    taking_part: frozenset[str] = frozenset()
    is_direct: bool = False
    asker: str = ""
    person: Object = field(default_factory=dict)
    place: Object = field(default_factory=dict)


def surroundings(contents: Sequence[Content], current: Sequence[Content]) -> Surroundings:
    """Of a request; `current` are the contents of the turn, the last ones of it."""
    current = _of_people(current)
    everything, new = list(objects(_of_people(contents))), list(said_now(current))
    asked = [one for one in new if is_said(one)]
    # An edit that the agent tells of has neither author nor moment: the message that was edited has them.
    signed = [one for one in asked if "note" not in one]
    asker = string(signed[-1].get("id")) if signed else ""
    person = _newest(everything, person=True, id=asker)
    zone = string(person.get("time_zone"))
    looked_at = _newest(everything, note=True, channel_id=True, id=asker)
    place = _newest(everything, place=True)
    return Surroundings(
        question="\n".join(map(words_of, asked)),
        now=local_time(string(signed[-1].get("at")), zone) if signed else None,
        zone=zone,
        channel=string(looked_at.get("channel_id")),
        message=string(looked_at.get("message")),
        links=[one for one in new if "link" in one],
        brought=[brought for one in new for brought in _brought(one)],
        said=[one for one in everything if is_said(one) and one not in asked],
        taking_part=frozenset(string(one.get("id")) for one in everything if is_said(one)),
        is_direct=place.get("place") == _DIRECT,
        asker=asker,
        person=person,
        place=place,
    )


def _of_people(contents: Sequence[Content]) -> list[Content]:
    return [content for content in contents if content.get("role") == "user"]


def _brought(one: Object) -> Sequence[Object]:
    """The file that the object is, or what its message quotes."""
    return [one] if "file" in one else mappings(one.get("attached"))


def _newest(told: Iterable[Object], **fields: str | bool) -> Mapping[str, object]:
    """The last object in which each field has the value, or, for True, any."""
    found: Object = {}
    for one in told:
        if all(bool(one.get(name)) if value is True else one.get(name) == value for name, value in fields.items()):
            found = one
    return found
