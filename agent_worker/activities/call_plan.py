"""How the tool calls of a reply are run: each with its title, its policy, and the question to people before it."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.activities.turn_lists import ToolList
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.model import ToolCall
from agent_worker.toolbox.toolbox import Toolbox

CALLS_AT_ONCE = 32  # tool calls of one reply that are run
TOO_MANY = f"Too many calls at once: at most {CALLS_AT_ONCE} are run. Ask again for the others."
NOBODY_TO_ASK = "A person has to approve this call, and here nobody can be asked: it works only in Slack."
ONE_QUESTION = "The person is asked your question first: nothing else that a person has to approve runs beside it."


def planned(
    calls: Sequence[ToolCall], toolbox: Toolbox, version: AgentVersion, tools: ToolList, *, in_slack: bool
) -> list[ToolCall]:
    """The calls as they are run, so that history says it."""
    made = [_planned(at, call, toolbox, version, tools) for at, call in enumerate(calls)]
    if not in_slack:
        return [_refused(call, NOBODY_TO_ASK) if call.asks_first else call for call in made]
    first = next((call for call in made if call.choice is not None and call.refused is None), None)
    if first is None:
        return made
    return [_refused(call, ONE_QUESTION) if call.asks_first and call is not first else call for call in made]


def _planned(at: int, call: ToolCall, toolbox: Toolbox, version: AgentVersion, tools: ToolList) -> ToolCall:
    policy = toolbox.policy(call.name, call.args)
    refused = TOO_MANY if at >= CALLS_AT_ONCE else toolbox.refusal(call.name, version.tools, tools.lacking)
    approval = toolbox.approval(call.name, call.args, version.approve, version.approvers)
    return ToolCall(
        name=call.name,
        args=call.args,
        id=call.id,
        title=policy.title,
        timeout_seconds=policy.timeout.total_seconds(),
        attempts=policy.attempts,
        refused=refused,
        unknown_if_lost=policy.unknown_if_lost,
        approval=None if refused else approval,
        choice=None if refused else toolbox.choice(call.name, call.args),
    )


def _refused(call: ToolCall, why: str) -> ToolCall:
    return call.model_copy(update={"refused": why, "approval": None, "choice": None})
