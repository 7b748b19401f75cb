"""What names one call of a tool, so that a service can tell a call that comes again from another one."""

from __future__ import annotations

import hashlib
import json


class ToolCallKey(str):
    """The same text in each attempt of one call, and in no other call: 64 characters, none but digits and a to f.

    A tool that changes something takes it as a parameter after the `*`, and hands it to the service as its idempotency
    key. It is a digest: it tells nobody who has asked, or where.
    """

    __slots__ = ()

    @classmethod
    def of(cls, workflow_id: str, run_id: str, activity_id: str) -> ToolCallKey:
        """Of the activity that runs the call. Temporal gives each attempt of it the same three ids."""
        return cls(hashlib.sha256(json.dumps([workflow_id, run_id, activity_id]).encode()).hexdigest())
