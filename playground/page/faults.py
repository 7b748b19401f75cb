"""Faults that people inject from the page. They are the same faults that the tests inject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from emulators.slack.emulator import SlackEmulator
from emulators.slack.faults.web_api import Fault
from playground.page.fields import Fields, RefusedError
from playground.page.surroundings import Surroundings

LONGEST_LIMIT = 600.0  # seconds
# The methods that write into a thread. If Slack's reply is lost, the worker does not know whether the post was made.
_POSTS = ("chat.postMessage", "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update")


class Faults:
    """Faults by name. A fault that is not possible here raises ValueError with a sentence."""

    def __init__(self, slack: SlackEmulator, surroundings: Surroundings) -> None:
        self._slack = slack
        self._surroundings = surroundings
        surroundings.go_away["slack"] = self._take_slack_away
        self._refusing: Fault | None = None  # while Slack is away
        self._kinds: dict[str, Callable[[Fields], Awaitable[None]]] = {
            "kill": self._kill,
            "away": self._away,
            "lose_reply": self._lose_reply,
            "rate_limit": self._rate_limit,
            "close_socket": self._close_socket,
        }

    async def do(self, what: str, fields: Fields) -> dict[str, Any]:
        """Injects a fault. Raises RefusedError if there is no such fault."""
        if what not in self._kinds:
            raise RefusedError(404, f"nothing can be broken by the name of {what}; there are: {', '.join(self._kinds)}")
        await self._kinds[what](fields)
        self._slack.backend.changes.nudge()
        return {}

    async def _kill(self, fields: Fields) -> None:
        name = fields.text("process")
        process = self._surroundings.processes.get(name)
        if process is None:
            raise ValueError(f"{name} is no process of this playground")
        await process.kill()

    async def _away(self, fields: Fields) -> None:
        what, is_away = fields.text("what"), fields.switch("is_away")
        go_away = self._surroundings.go_away.get(what)
        if go_away is None:
            raise ValueError(f"{what} cannot be taken away here")
        if is_away == (what in self._surroundings.away):
            return
        (self._surroundings.away.add if is_away else self._surroundings.away.discard)(what)
        await go_away(is_away)

    async def _take_slack_away(self, is_away: bool) -> None:  # noqa: FBT001  a GoAway takes one value
        """While Slack is away, the connection of each call is cut."""
        if is_away:
            self._refusing = self._slack.faults.add(method="*", kind="refused", times=None)
        elif self._refusing is not None:
            self._refusing.times = 0

    async def _lose_reply(self, fields: Fields) -> None:
        """The next call (without `method`: the next post) is carried out, but its reply is lost."""
        method = fields.optional("method")
        lost: list[Fault] = []

        def is_next(_arguments: Mapping[str, Any]) -> bool:  # no reply was lost yet, of any of the methods
            return all(fault.times for fault in lost)

        add = self._slack.faults.add
        lost += [add(method=name, kind="lost_reply", when=is_next) for name in ([method] if method else _POSTS)]

    async def _rate_limit(self, fields: Fields) -> None:
        seconds = fields.seconds("seconds", LONGEST_LIMIT)
        limit = self._slack.faults.add(method="*", kind="rate_limited", times=None, retry_after=1)

        def lift() -> None:
            limit.times = 0

        self._slack.clock.call_after(seconds, lift)

    async def _close_socket(self, _fields: Fields) -> None:
        await self._slack.drop_sockets()
