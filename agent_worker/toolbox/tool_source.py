"""Tools that come from outside the worker's own files: what such a tool promises, and where they are listed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.inputs import Inputs
from agent_worker.toolbox.definition import ToolPolicy

Progress = Callable[[str], None]  # shows a line on the card of the call that runs; returns at once, never raises
LONGEST_ATTACHING = timedelta(seconds=30)  # of all files of one call together


@dataclass(frozen=True)
class NewFile:
    """A file that a call has brought."""

    name: str
    mimetype: str
    data: bytes


# Shows the files in the thread of the call. Returns for each the file at Slack, or why it is not shown; never raises,
# and takes at most LONGEST_ATTACHING. A second attempt of the call shows no file again.
Attach = Callable[[Sequence[NewFile]], Awaitable[list[SlackFile | str]]]


class OutsideTool(Protocol):
    """One tool as it is at this moment. Everything but `run` answers at once, from memory."""

    @property
    def name(self) -> str:
        """The name towards Gemini."""

    @property
    def summary(self) -> str:
        """One short line that says what the tool is good for."""

    @property
    def away(self) -> str:
        """A sentence for the model if the tool cannot be called now; "" if it can."""

    def declaration(self) -> dict[str, Any]:
        """What the model is told, as plain JSON."""

    def policy(self, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run a call with these arguments; never raises."""

    async def run(
        self, args: Mapping[str, Any] | None, progress: Progress, attach: Attach, inputs: Inputs | None = None
    ) -> dict[str, Any]:
        """Runs one call once, with the promises of `OpenToolbox.run`; `inputs` are what people have answered before."""


class ToolSource(Protocol):
    """Where tools from outside are listed."""

    def tools(self) -> Mapping[str, OutsideTool]:
        """The tools by name, as they are now: the mapping that is returned does not change afterwards."""

    def not_listed(self) -> Mapping[str, str]:
        """Where tools are expected and none is known yet: a sentence for the model, by what their names begin with."""


class NoTools:
    """A source without a tool."""

    def tools(self) -> Mapping[str, OutsideTool]:
        return {}

    def not_listed(self) -> Mapping[str, str]:
        return {}
