"""What a conversation knows of its people and of its place, and what the model is told of it, and of time. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.conversation.wording import model_form, moments
from agent_worker.payloads.opening import Names, Opened
from agent_worker.payloads.surroundings import Place, Profile

PROFILES_KEPT = 200  # people; the next run carries them. Who was looked up least recently is forgotten first
# In the place of a name.
DIRECT, GROUP, CHANNEL = "direct messages", "group direct messages", "channel"


@dataclass
class Surroundings:
    """Kept with the conversation.

    What the model was told is not kept here, but read from the transcript: a summary, or what people take back, may
    have taken it away again.
    """

    is_told: bool = False  # the model is told of them; not in a run that a release opened that did not know them
    profiles: dict[str, Profile] = field(default_factory=dict)  # by Slack id, the newest last
    place: Place | None = None
    told_until: float = 0.0  # the moment of the newest message or answer that the model knows; seconds since 1970

    def open(self, opened: Opened) -> None:
        self.is_told = self.is_told or opened.tells_surroundings
        self.learn(opened)

    def learn(self, told: Names | Opened) -> None:
        """Takes over what the worker tells; of whom and of what it tells nothing, the old stays."""
        others = {user: profile for user, profile in self.profiles.items() if user not in told.profiles}
        newest = list((others | told.profiles).items())[-PROFILES_KEPT:]
        self.profiles, self.place = dict(newest), told.place or self.place

    # Time

    def written_at(self, ts: str, user: str) -> dict[str, str]:
        """The field that says when a message was written, in its author's time zone."""
        profile = self.profiles.get(user, Profile())
        return {"at": moments.written_at(ts, profile.offsets)} if self.is_told else {}

    def tell(self, message: UserMessage) -> dict[str, str]:
        """The fields that say when a message was written that the model is told of now."""
        later = moments.pause(float(message.ts) - self.told_until) if self.told_until else ""
        self.note_told(float(message.ts))
        return {**self.written_at(message.ts, message.user), **({"later": later} if self.is_told else {})}

    def note_told(self, at: float) -> None:
        self.told_until = max(self.told_until, at)

    # People and the place

    def news(self, users: Iterable[str], thread: Thread, names: Mapping[str, str], told: Collection[str]) -> list[str]:
        """The lines about the place and these people, as far as the model does not know them.

        `told` are the remarks of ours that it has read, oldest first.
        """
        if not self.is_told or not thread.in_slack:
            return []
        people = [self._person(user, names) for user in dict.fromkeys(users)]
        known = _newest(told)
        return [line for line in (self._where(thread), *people) if line and known.get(_subject(line)) != line]

    def _person(self, user: str, names: Mapping[str, str]) -> str:
        """ "" for somebody of whom Slack tells nothing more than a name."""
        profile = self.profiles.get(user)
        if profile is None or profile == Profile(offsets=profile.offsets):
            return ""
        called = model_form.name(names.get(user, user))
        full_name = profile.full_name if profile.full_name != called else ""
        told = {"full_name": full_name, "title": profile.title, "time_zone": profile.time_zone}
        return model_form.line(person=called, id=user, **told)

    def _where(self, thread: Thread) -> str:
        place = self.place
        if thread.is_direct:
            return model_form.line(place=DIRECT)
        if place is None:
            return model_form.line(place=CHANNEL, id=thread.channel)
        about = {"shared": place.shared, "topic": place.topic, "purpose": place.purpose}
        if place.kind in {"public channel", "private channel"}:
            about = {"kind": place.kind, **about}
            return model_form.line(place=f"#{place.name}" if place.name else CHANNEL, id=place.channel, **about)
        return model_form.line(place=GROUP, id=place.channel, **about)


def _newest(remarks: Collection[str]) -> dict[str, str]:
    """What the model was told last of each person and of the place."""
    lines = [remark for remark in remarks if remark.startswith(('{"person":', '{"place":'))]
    return {_subject(line): line for line in lines}


def _subject(line: str) -> str:
    """Of whom or what the line tells: a person's id, or "" for the place."""
    return str(fields["id"]) if "person" in (fields := model_form.fields(line)) else ""
