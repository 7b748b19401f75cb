"""What one tool call is given: a view of Slack, with the eyes of those who ask in its turn, and what names the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from temporalio import activity

from agent_worker.contract.messages import Thread
from agent_worker.payloads.agent_version import ToolRun
from agent_worker.payloads.model import AskModel
from agent_worker.slack.adapter import Slack
from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.slack_view import SlackSearch, SlackView


def lacking(slack: Slack | None, request: AskModel) -> frozenset[type]:
    """What the tool calls of this turn cannot be given: the model is not told of tools that need it."""
    if slack is None or not request.thread.in_slack:
        return frozenset({SlackView, SlackSearch})
    may_search = request.may_search and slack.reading.search_is_granted
    return frozenset() if may_search else frozenset({SlackSearch})


def call_key() -> ToolCallKey:
    """What names the call that the current activity runs."""
    info = activity.info()
    return ToolCallKey.of(info.workflow_id or "", info.workflow_run_id or "", info.activity_id)


def given(slack: Slack | None, thread: Thread | None, run: ToolRun) -> Mapping[type, Any]:
    """The views of one tool call, by type. No other call gets the same: Slack is asked anew who may see what."""
    if slack is None or thread is None or not thread.in_slack:
        return {}
    view = slack.reading.view(thread, run.askers, run.action_token)
    return {SlackView: view, SlackSearch: view} if slack.reading.search_is_granted else {SlackView: view}
