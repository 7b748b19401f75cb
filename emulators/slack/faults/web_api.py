"""Faults of Web API calls: what goes wrong with which calls, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

FaultKind = Literal[
    "rate_limited",  # HTTP 429 with Retry-After; nothing was done
    "internal_error",  # HTTP 500; nothing was done
    "internal_error_after_commit",  # HTTP 500; the call was carried out all the same
    "lost_reply",  # the call was carried out, then the connection is cut without an answer
    "refused",  # the connection is cut before anything is done
    "slow",  # the call is carried out and answered, `seconds` later
    "error",  # an ordinary {"ok": false} answer with the name in `error`; nothing was done
]
Condition = Callable[[Mapping[str, Any]], bool]  # of a call's arguments


@dataclass
class Fault:
    """What goes wrong with calls of `method` ("*": of all) that fit `when`; `times` more often, None for ever."""

    method: str
    kind: FaultKind
    times: int | None
    retry_after: int
    seconds: float
    error: str
    when: Condition | None

    def applies(self, method: str, arguments: Mapping[str, Any]) -> bool:
        """Whether this call meets the fault."""
        if self.times == 0 or self.method not in (method, "*"):
            return False
        return self.when is None or self.when(arguments)


class Faults:
    """The faults to come, the oldest first. Each call meets at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        *,
        method: str,
        kind: FaultKind,
        times: int | None = 1,
        retry_after: int = 1,
        seconds: float = 1.0,
        error: str = "fatal_error",
        when: Condition | None = None,
    ) -> Fault:
        """Plan a fault. `retry_after` is in whole seconds. Raises ValueError for an unknown kind."""
        if kind not in get_args(FaultKind):
            raise ValueError(f"unknown kind of fault {kind!r}, there are: {', '.join(get_args(FaultKind))}")
        fault = Fault(method, kind, times, retry_after, seconds, error, when)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def take(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        """The fault that this call meets, counted down; None if all is well."""
        for fault in self._faults:
            if fault.applies(method, arguments):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
