"""What stands in for tools while a case is played: their answers come from the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent_worker.cases.case import Case
from agent_worker.toolbox.open_toolbox import RunsTools
from agent_worker.toolbox.tool_source import Attach, Progress
from evaluations.checks import call_line, fits

NOT_FOUND = "This tool cannot answer that just now."
NOT_ALLOWED = "This tool may not be used just now."


class StandIns:
    """Runs the calls of one case, and adds to `trouble` those for which the case has no answer.

    `has_effect` says whether a call would change something in the world. Such a call is never made for real, unless the
    case says that it may be.
    """

    def __init__(
        self,
        case: Case,
        tools: RunsTools,
        *,
        has_effect: Callable[[str, Mapping[str, Any] | None], bool],
        trouble: list[str],
    ) -> None:
        self._case = case
        self._tools = tools
        self._has_effect = has_effect
        self._trouble = trouble

    async def run(
        self,
        name: str,
        args: Mapping[str, Any] | None,
        progress: Progress | None = None,
        attach: Attach | None = None,
        given: Mapping[type, Any] | None = None,
    ) -> dict[str, Any]:
        """As `OpenToolbox.run`."""
        arguments = args or {}
        if name in self._case.tools:
            return self._answer(name, arguments)
        if name not in self._case.real and self._has_effect(name, args):
            self._trouble.append(
                f"{call_line(name, arguments)} would have changed something for real: "
                f"give {name} an answer under `tools`, or name it under `real`"
            )
            return {"error": NOT_ALLOWED}
        return await self._tools.run(name, args, progress, attach, given)

    def outcome(self, name: str, args: Mapping[str, Any] | None, result: Mapping[str, Any]) -> str:
        """As `OpenToolbox.outcome`. A stand-in's answer may not look like the tool's own: of that, nothing is said."""
        return "" if name in self._case.tools else self._tools.outcome(name, args, result)

    def _answer(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        for one in self._case.tools[name]:
            if fits(one.when, arguments):
                return {"error": one.fails} if one.fails else {"output": one.returns}
        self._trouble.append(f"{call_line(name, arguments)} was called, and none of its answers under `tools` fits")
        return {"error": NOT_FOUND}
