"""Web API calls that wait in the middle of being answered, until a test lets them go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulators.held_request import HeldRequest
from emulators.slack.faults.web_api import Condition


@dataclass(frozen=True)
class _Planned:
    method: str
    is_carried_out: bool
    when: Condition | None
    held: HeldRequest = field(default_factory=HeldRequest)

    def fits(self, method: str, arguments: Mapping[str, Any], *, is_carried_out: bool) -> bool:
        if (method, is_carried_out) != (self.method, self.is_carried_out):
            return False
        return self.when is None or self.when(arguments)


class Holds:
    """The holds that no call has met yet, the oldest first. Each holds one call."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._all: list[HeldRequest] = []

    def add(self, method: str, *, after_commit: bool, when: Condition | None) -> HeldRequest:
        """Plan a hold: before the call is carried out or, with `after_commit`, before it is answered."""
        planned = _Planned(method, after_commit, when)
        self._planned.append(planned)
        self._all.append(planned.held)
        return planned.held

    async def pause(self, method: str, arguments: Mapping[str, Any], *, is_carried_out: bool) -> bool:
        """Wait, if a hold is meant for this call at this point. Returns whether it has waited."""
        for planned in self._planned:
            if planned.fits(method, arguments, is_carried_out=is_carried_out):
                self._planned.remove(planned)
                await planned.held.keep_waiting()
                return True
        return False

    def close(self) -> None:
        """Let every call that still waits go on."""
        for held in self._all:
            held.release()
