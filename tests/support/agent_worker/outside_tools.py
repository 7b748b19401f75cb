"""A source of tools from outside, whose list a test can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from agent_worker.payloads.inputs import Inputs
from agent_worker.toolbox.definition import ToolPolicy
from agent_worker.toolbox.tool_source import Attach, NewFile, OutsideTool, Progress


@dataclass
class FarTool:
    """A tool that says what it was given, after a line of progress; with a `file`, what became of that."""

    name: str = "far__look"
    summary: str = "look from afar"
    away: str = ""
    file: NewFile | None = None

    def declaration(self) -> dict[str, Any]:
        return {"name": self.name, "description": f"Look: {self.name}."}

    def policy(self, args: Mapping[str, Any] | None) -> ToolPolicy:
        return ToolPolicy(f"far: {self.name}", timedelta(seconds=7), attempts=1)

    async def run(
        self, args: Mapping[str, Any] | None, progress: Progress, attach: Attach, inputs: Inputs | None = None
    ) -> dict[str, Any]:
        progress("half way")
        return {"output": await attach([self.file]) if self.file else dict(args or {})}


@dataclass
class Afar:
    """The source: `listed` is what it offers at this moment, `away` what it cannot tell."""

    listed: list[FarTool] = field(default_factory=lambda: [FarTool()])
    away: dict[str, str] = field(default_factory=dict)

    def tools(self) -> Mapping[str, OutsideTool]:
        return {tool.name: tool for tool in self.listed}

    def not_listed(self) -> Mapping[str, str]:
        return self.away
