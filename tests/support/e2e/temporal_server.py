"""A Temporal server that deletes a conversation within seconds; others look twice a minute what may be deleted."""

from __future__ import annotations

from playground.temporal_server import DevServer

QUEUES = ("transferProcessor", "visibilityProcessor")


class SharedServer(DevServer):
    """The server that all tests of a test process share."""

    def _command(self) -> list[str]:
        settings = [f'history.{queue}UpdateAckInterval="500ms"' for queue in QUEUES]
        return super()._command() + [word for value in settings for word in ("--dynamic-config-value", value)]
