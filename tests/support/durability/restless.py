"""A Temporal server on which conversations go on in a new run after every few events, instead of thousands."""

from __future__ import annotations

from playground.temporal_server import DevServer

SUGGESTED_AFTER = 12  # events


class Restless(DevServer):
    """Suggests what the real one suggests at 4,096 events."""

    def _command(self) -> list[str]:
        setting = f"limit.historyCount.suggestContinueAsNew={SUGGESTED_AFTER}"
        return [*super()._command(), "--dynamic-config-value", setting]
