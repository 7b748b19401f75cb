"""What processes cost: CPU seconds and memory, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1_000_000


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU seconds of these processes with all their threads, since they began; an ended process counts 0."""
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = text.rpartition(")")[2].split()  # the process name before may contain spaces
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory(pid: int) -> float:
    """The resident memory of a process, in megabytes."""
    resident = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(resident) * _PAGE / MEGABYTE
