"""Sends each event to the app, one envelope at a time, until one is acknowledged or Slack gives up."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from emulators.slack.clock import Clock, Timer
from emulators.slack.state.changes import ChangeLog

# Seconds without an acknowledgement after which the second, third and fourth attempt follow. The app has 3 s to
# acknowledge; then Slack tries again at once, after a minute, and after five minutes.
RETRY_AFTER = (3.0, 60.0, 300.0)
# With the app's setting "Delayed Events", then also once an hour for a day.
DELAYED_RETRY_AFTER = (3_600.0,) * 24

Frame = dict[str, Any]
Send = Callable[[Frame], bool]  # False: nobody is connected
Answered = Callable[[dict[str, Any] | None], None]


@dataclass(frozen=True)
class Delivery:
    """How the delivery of one event stands. `attempts` have been made; `acked`: one of them was acknowledged."""

    event_id: str
    event_type: str
    channel: str
    ts: str
    attempts: int = 0
    acked: bool = False
    answer: dict[str, Any] | None = None  # the payload of the acknowledgement, of clicks and commands
    number: int = 0  # counts all deliveries, from 1
    message_ts: str = ""  # of the message that the event is about, or of the thread that this message is in
    time: float = 0.0  # of the last attempt, in seconds since 1970


@dataclass
class _Parcel:
    """One event to deliver. Only its newest envelope can be acknowledged."""

    kind: str  # events_api, interactive or slash_commands
    payload: dict[str, Any]
    retry_after: tuple[float, ...]
    standing: Delivery
    answered: Answered | None = None
    envelope_id: str | None = None
    next_attempt: Timer | None = None


class Deliveries:
    """All deliveries so far. An attempt that finds no connection counts as one.

    Acknowledgements that are repeated, unknown, or late (a newer envelope has been sent) change nothing.
    """

    def __init__(
        self, clock: Clock, chance: Random, changes: ChangeLog, send: Send, *, delayed_events: bool = False
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._changes = changes
        self._send = send
        self._retry_after = RETRY_AFTER + (DELAYED_RETRY_AFTER if delayed_events else ())
        self._parcels: list[_Parcel] = []
        self._numbers = count(1)
        self._outstanding: dict[str, _Parcel] = {}
        self.losing: dict[str, int] = {}  # by channel: how many acknowledgements are still to get lost
        self.lost = 0  # how many acknowledgements have got lost

    def add_event(self, payload: dict[str, Any], *, channel: str, ts: str) -> None:
        """Deliver a payload of the Events API, with Slack's retries."""
        about = _message_ts(payload["event"])
        standing = Delivery(payload["event_id"], payload["event"]["type"], channel, ts, message_ts=about)
        self._deliver(_Parcel("events_api", payload, self._retry_after, standing))

    def add_interaction(
        self, kind: str, payload: dict[str, Any], *, channel: str, ts: str, answered: Answered | None = None
    ) -> None:
        """Deliver a click or a command, without retries: the person can do it again.

        `answered` is called with the payload of the acknowledgement.
        """
        standing = Delivery("", str(payload.get("type", kind)), channel, ts, message_ts=_message_ts(payload))
        self._deliver(_Parcel(kind, payload, (), standing, answered))

    def redeliver(self, channel: str, ts: str) -> int:
        """Send the events of this message once more, acknowledged or not. Returns how many events these are."""
        again = [parcel for parcel in self._parcels if (parcel.standing.channel, parcel.standing.ts) == (channel, ts)]
        for parcel in again:
            self._attempt(parcel)
        return len(again)

    def hasten(self, seconds: float) -> int:
        """Make the next attempt now for each event of which the last one was so many seconds ago. Returns how many."""
        since = self._clock.now() - seconds
        due = [parcel for parcel in self._parcels if parcel.next_attempt and parcel.standing.time <= since]
        for parcel in due:
            self._attempt(parcel)
        return len(due)

    def acknowledge(self, envelope_id: str, answer: dict[str, Any] | None) -> None:
        """Take an acknowledgement, with the payload that it brings."""
        parcel = self._outstanding.get(envelope_id)
        if parcel is None or self._loses(parcel.standing.channel):
            return
        parcel.standing = replace(parcel.standing, acked=True, answer=answer)
        self._close(parcel)
        if parcel.answered is not None:
            parcel.answered(answer)
        self._changes.nudge()

    def _loses(self, channel: str) -> bool:
        """Whether this acknowledgement gets lost on its way."""
        left = self.losing.get(channel, 0)
        self.losing[channel] = max(0, left - 1)
        if left:
            self.lost += 1
            self._changes.nudge()
        return left > 0

    def forget(self, keep: int) -> None:
        """Drop the oldest deliveries that are over, so that about `keep` remain."""
        spare = max(0, len(self._parcels) - keep)
        old, recent = self._parcels[:spare], self._parcels[spare:]
        self._parcels = [one for one in old if one.next_attempt or one.envelope_id] + recent

    def snapshots(self) -> list[Delivery]:
        """How all deliveries stand now, in the order in which they began."""
        return [parcel.standing for parcel in self._parcels]

    def _deliver(self, parcel: _Parcel) -> None:
        parcel.standing = replace(parcel.standing, number=next(self._numbers))
        self._parcels.append(parcel)
        self._attempt(parcel)

    def _attempt(self, parcel: _Parcel) -> None:
        self._close(parcel)
        envelope_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        frame: Frame = {"envelope_id": envelope_id, "type": parcel.kind, "payload": parcel.payload}
        frame["accepts_response_payload"] = parcel.kind != "events_api"
        if parcel.kind == "events_api":
            frame["retry_attempt"] = parcel.standing.attempts
            frame["retry_reason"] = "timeout" if parcel.standing.attempts else ""
        parcel.standing = replace(parcel.standing, attempts=parcel.standing.attempts + 1, time=self._clock.now())
        if self._send(frame):
            parcel.envelope_id = envelope_id
            self._outstanding[envelope_id] = parcel
        self._plan_next(parcel)
        self._changes.nudge()

    def _plan_next(self, parcel: _Parcel) -> None:
        attempts = parcel.standing.attempts
        if attempts <= len(parcel.retry_after):
            pause = parcel.retry_after[attempts - 1]
            parcel.next_attempt = self._clock.call_after(pause, lambda: self._attempt(parcel))

    def _close(self, parcel: _Parcel) -> None:
        """Let the newest envelope count no longer, and plan no further attempt."""
        if parcel.envelope_id is not None:
            self._outstanding.pop(parcel.envelope_id, None)
            parcel.envelope_id = None
        if parcel.next_attempt is not None:
            parcel.next_attempt.cancel()
            parcel.next_attempt = None


def _message_ts(told: Mapping[str, Any]) -> str:
    """The thread that an event or a click is about or, if it names none, the message; "" for neither."""
    inner = [told.get(name) for name in ("message", "previous_message", "container", "item")]
    about = next((one for one in inner if isinstance(one, Mapping)), told)
    return str(about.get("thread_ts") or about.get("message_ts") or about.get("ts") or "")
