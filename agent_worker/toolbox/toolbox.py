"""The tools that the model may use: which ones there are, and what the model and people are told of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import httpx

from agent_worker.toolbox.definition import LOCAL_ANSWER, Tool, ToolPolicy, title_line
from agent_worker.toolbox.open_toolbox import OpenToolbox, no_such_tool
from agent_worker.toolbox.signature import place
from agent_worker.toolbox.tool import ToolFunction, ToolSettings


class Toolbox:
    """All tools by name. `open` makes a toolbox that can run them."""

    def __init__(self, functions: Iterable[ToolFunction[Any]], reserved: Collection[str] = ()) -> None:
        """Raises TypeError for a badly written tool, and for a name that is taken twice or in `reserved`."""
        self._tools: dict[str, Tool] = {}
        for found in sorted((Tool.define(written) for written in functions), key=lambda tool: tool.name):
            if found.name in self._tools:
                places = f"{place(self._tools[found.name].function)} and {place(found.function)}"
                raise TypeError(f"two tools have the name {found.name!r}: {places}")
            if found.name in reserved:
                raise TypeError(f"{place(found.function)}: the agent has an activity of its own called {found.name!r}")
            self._tools[found.name] = found

    @classmethod
    def discover(cls, package: str = "agent_worker.tools", reserved: Collection[str] = ()) -> Toolbox:
        """The tools of all modules in a package; modules whose name begins with `_` are left out.

        Raises TypeError for a module without a tool, and for a tool whose name is in `reserved`.
        """
        found = importlib.import_module(package)
        names = [module.name for module in pkgutil.iter_modules(found.__path__) if not module.name.startswith("_")]
        modules = [importlib.import_module(f"{package}.{name}") for name in names]
        return cls((written for module in modules for written in _declared_in(module)), reserved)

    def settings_classes(self) -> list[type[ToolSettings]]:
        """The settings classes that the tools need, each once, sorted by name. `open` takes an instance of each."""
        needed = {kind for tool in self._tools.values() for kind in tool.signature.given.values()}
        return sorted((kind for kind in needed if issubclass(kind, ToolSettings)), key=lambda kind: kind.__name__)

    def declarations(self) -> list[dict[str, Any]]:
        """What the model is told of each tool, as plain JSON, sorted by name."""
        return [tool.declaration() for tool in self._tools.values()]

    def summary(self) -> list[str]:
        """What the tools can do, one short line for each."""
        return [tool.summary for tool in self._tools.values()]

    def policy(self, name: str, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run this call; never raises, even for a name that the model invented."""
        tool = self._tools.get(name)
        if tool is None:
            return ToolPolicy(title_line(f"unknown tool {name}"), LOCAL_ANSWER, attempts=1)
        return tool.policy(args)

    def refusal(self, name: str) -> str | None:
        """A sentence for the model if there is no tool of this name, otherwise None."""
        return None if name in self._tools else no_such_tool(name, self._tools)

    def open(self, http: httpx.AsyncClient, settings: Sequence[ToolSettings]) -> OpenToolbox:
        """The same tools, ready to run; raises TypeError when a tool's settings are not among `settings`."""
        at_hand: dict[type, Any] = {httpx.AsyncClient: http} | {type(one): one for one in settings}
        missing = [kind.__name__ for kind in self.settings_classes() if kind not in at_hand]
        if missing:
            raise TypeError(f"the toolbox needs settings that were not given: {', '.join(missing)}")
        return OpenToolbox(self._tools, at_hand)


def _declared_in(module: ModuleType) -> list[ToolFunction[Any]]:
    """The tools that the module itself declares, without those that it imports; raises TypeError if there are none."""
    everything = vars(module).values()
    declared = [each for each in everything if isinstance(each, ToolFunction)]
    own = [each for each in declared if each.function.__module__ == module.__name__]
    if not own:
        raise TypeError(f"{module.__file__} declares no tool: is the @tool decorator missing?")
    return own
