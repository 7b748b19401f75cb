"""What processes cost: processor seconds and memory, and what the Temporal server was asked for."""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from urllib.request import urlopen

from playground.temporal_server import DevServer, free_port

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1_000_000
# Temporal's own count of what it bills, by kind: https://docs.temporal.io/cloud/actions names the same.
_ACTION = re.compile(r'^action\{action_type="(\w+)",namespace="default".*\} (\S+)$', re.MULTILINE)


def cpu_seconds(pids: Iterable[int]) -> float:
    """Of these processes with all their threads, since they began; a process that has ended counts nothing."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = text.rpartition(")")[2].split()  # the name before may hold spaces
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid: int) -> float:
    """The resident memory of a process, in megabytes."""
    resident = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(resident) * _PAGE / MEGABYTE


class MeasuredServer(DevServer):
    """A dev server that says what it costs and what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._metrics_port = free_port()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def actions(self) -> Counter[str]:
        """What the server itself counts as actions, by kind, since it was started."""
        text = await asyncio.to_thread(self._metrics)
        counts: Counter[str] = Counter()
        for kind, count in _ACTION.findall(text):
            counts[kind] += round(float(count))
        return counts

    def _metrics(self) -> str:
        with urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def _command(self) -> list[str]:
        return [*super()._command(), "--metrics-port", str(self._metrics_port)]
