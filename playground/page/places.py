"""The conversation to which a call or a delivery belongs: its channel, and its thread if it has one."""

from __future__ import annotations

from agent_worker.contract.names import thread_of
from emulators.slack.events.deliveries import Delivery
from emulators.slack.state.workspace import Workspace
from emulators.slack.web_api.endpoint import ApiCall
from playground.call_log import origin_of
from playground.page.fields import Json
from text.json_shapes import string

# Where the methods of the Web API name a thread or a message, in the order in which they are looked for.
_TIMES = ("thread_ts", "ts", "message_ts", "timestamp")


class Places:
    """Each is {channel, thread_ts}. `thread_ts` is that of the thread's first message; both are "" if there is none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of_call(self, call: ApiCall) -> Json:
        """The conversation for which the agent has made the call, or else the one that the call names."""
        origin = origin_of(call)
        thread = thread_of(origin.workflow_id) if origin else None
        if thread is not None:
            return {"channel": thread.channel, "thread_ts": thread.thread_ts}
        named = call.arguments.get
        channel = string(named("channel")) or string(named("channel_id"))
        return self._place(channel, next((ts for ts in map(string, map(named, _TIMES)) if ts), ""))

    def of_delivery(self, delivery: Delivery) -> Json:
        return self._place(delivery.channel, delivery.message_ts)

    def _place(self, channel: str, ts: str) -> Json:
        is_known = ts and channel in self._workspace.channels
        message = self._workspace.message(channel, ts) if is_known else None
        return {"channel": channel, "thread_ts": message.root_ts if message else ts}
