"""A place that takes the files of tool calls, as a Slack thread does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_worker.contract.messages import SlackFile
from agent_worker.toolbox.tool_source import NewFile


@dataclass
class Shelf:
    """`refusal`: why it takes none; "" if it does."""

    refusal: str = ""
    files: list[NewFile] = field(default_factory=list)

    async def attach(self, files: Sequence[NewFile]) -> list[SlackFile | str]:
        if self.refusal:
            return [self.refusal for _ in files]
        self.files += files
        return [SlackFile(id=f"F{self.files.index(file) + 1}", name=file.name) for file in files]
