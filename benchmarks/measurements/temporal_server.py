"""A Temporal dev server that tells its process id and the actions that it counts."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from urllib.request import urlopen

from playground.temporal_server import DevServer, free_port

# Temporal's own count of what it bills, by kind; https://docs.temporal.io/cloud/actions uses the same names.
_ACTION = re.compile(r'^action\{action_type="(\w+)",namespace="default".*\} (\S+)$', re.MULTILINE)


class MeasuredServer(DevServer):
    """A dev server with its metrics open."""

    def __init__(self) -> None:
        super().__init__()
        self._metrics_port = free_port()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def actions(self) -> Counter[str]:
        """The actions that the server itself has counted since its start, by kind."""
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
