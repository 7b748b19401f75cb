"""The tools that the model may use: which ones there are, and what the model and people are told of them."""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

import httpx

from agent_worker.payloads.questions import Approval, Approvers, Choice
from agent_worker.toolbox import approvals
from agent_worker.toolbox.definition import LOCAL_ANSWER, Tool, ToolPolicy, title_line
from agent_worker.toolbox.open_toolbox import OpenToolbox, no_such_tool
from agent_worker.toolbox.signature import ArgumentsError, place
from agent_worker.toolbox.tool import ToolFunction, ToolSettings
from agent_worker.toolbox.tool_source import NoTools, OutsideTool, ToolSource
from text.lines import name as name_line

LONGEST_OPTION = 75  # characters; Slack's buttons take no more


class Toolbox:
    """All tools by name: those of our files, and those that a source lists. `open` makes a toolbox that can run them.

    A tool of ours wins over one from outside with the same name. `allowed` names the tools that an agent may use; None
    means all of them.
    """

    def __init__(
        self,
        functions: Iterable[ToolFunction[Any]],
        reserved: Collection[str] = (),
        source: ToolSource | None = None,
    ) -> None:
        """Raises TypeError for a badly written tool, and for a name that is taken twice or in `reserved`."""
        self._reserved = frozenset(reserved)
        self._source: ToolSource = source or NoTools()
        self._functions = list(functions)
        self._tools: dict[str, Tool] = {}
        for found in sorted((Tool.define(written) for written in self._functions), key=lambda tool: tool.name):
            if found.name in self._tools:
                places = f"{place(self._tools[found.name].function)} and {place(found.function)}"
                raise TypeError(f"two tools have the name {found.name!r}: {places}")
            if found.name in reserved:
                raise TypeError(f"{place(found.function)}: the agent has an activity of its own called {found.name!r}")
            self._tools[found.name] = found

    @classmethod
    def discover(
        cls,
        package: str = "agent_worker.tools",
        reserved: Collection[str] = (),
        source: ToolSource | None = None,
    ) -> Toolbox:
        """The tools of all modules in a package; modules whose name begins with `_` are left out.

        Raises TypeError for a module without a tool, and for a tool whose name is in `reserved`.
        """
        found = importlib.import_module(package)
        names = [module.name for module in pkgutil.iter_modules(found.__path__) if not module.name.startswith("_")]
        modules = [importlib.import_module(f"{package}.{name}") for name in names]
        return cls((written for module in modules for written in _declared_in(module)), reserved, source)

    def settings_classes(self) -> list[type[ToolSettings]]:
        """The settings classes that the tools need, each once, sorted by name. `open` takes an instance of each."""
        needed = {kind for tool in self._tools.values() for kind in tool.signature.given.values()}
        return sorted((kind for kind in needed if issubclass(kind, ToolSettings)), key=lambda kind: kind.__name__)

    def configured(self, settings: Sequence[ToolSettings], keep: Collection[str] = ()) -> Toolbox:
        """The same tools, without those of ours of which `settings` say that they are not configured.

        Those that `keep` names stay all the same.
        """
        lacking = {type(one) for one in settings if not one.is_configured}
        left_out = {name for name, tool in self._tools.items() if lacking & set(tool.signature.given.values())} - set(
            keep
        )
        functions = [written for written in self._functions if written.function.__name__ not in left_out]
        return Toolbox(functions, self._reserved, self._source)

    def asking_services(self, names: Collection[str]) -> list[Tool]:
        """Of the tools of ours with these names, those that ask a service over HTTP."""
        return [tool for name, tool in self._tools.items() if name in names and tool.asks_service]

    def names(self) -> list[str]:
        """The names of all tools, sorted."""
        return list(self._all())

    def declarations(
        self, allowed: Collection[str] | None = None, lacking: Collection[type] = ()
    ) -> list[dict[str, Any]]:
        """What the model is told of each allowed tool, as plain JSON, sorted by name.

        `lacking` names what a call cannot be given at the moment: tools that need it are left out.
        """
        return [tool.declaration() for tool in self._offered(allowed, lacking).values()]

    def summaries(self) -> dict[str, str]:
        """What each tool can do, in one short line, by the tool's name."""
        return {name: tool.summary for name, tool in self._all().items()}

    def not_listed(self) -> Mapping[str, str]:
        """Where tools are expected and none is known yet: a sentence for the model, by what their names begin with."""
        return self._source.not_listed()

    def policy(self, name: str, args: Mapping[str, Any] | None) -> ToolPolicy:
        """How to show and run this call; never raises, even for a name that the model invented."""
        tool = self._all().get(name)
        if tool is None:
            return ToolPolicy(title_line(f"unknown tool {name}"), LOCAL_ANSWER, attempts=1)
        return tool.policy(args)

    def approval(
        self, name: str, args: Mapping[str, Any] | None, patterns: Sequence[str], approvers: Approvers
    ) -> Approval | None:
        """The question to people before this call; None if it may run without one."""
        tool = self._all().get(name)
        if tool is None:
            return None
        effect = tool.policy(args).effect
        is_ours = isinstance(tool, Tool)
        if not approvals.is_asked_about(name, patterns, is_ours=is_ours, has_effect=bool(effect)):
            return None
        declared = tool.declaration()
        # Who may decide is a part of it: what one person has allowed is void when somebody else has to.
        known = [declared, approvers.people, approvers.needed, approvers.not_the_asker]
        digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]
        return approvals.approval(name, effect, declared.get("parametersJsonSchema"), digest, approvers)

    def asked_about(self, patterns: Sequence[str]) -> frozenset[str]:
        """The names of the tools of which people are asked before a call runs, by an agent's `patterns`."""
        return frozenset(
            name
            for name, tool in self._all().items()
            if approvals.is_asked_about(
                name,
                patterns,
                is_ours=isinstance(tool, Tool),
                has_effect=isinstance(tool, Tool) and tool.has_effect,
            )
        )

    def choice(self, name: str, args: Mapping[str, Any] | None) -> Choice | None:
        """What the model asks people with this call; None if the call is something else, or cannot be understood."""
        tool = self._all().get(name)
        if name != approvals.ASK_PERSON or not isinstance(tool, Tool):
            return None
        try:
            arguments = tool.signature.fit(args)
        except ArgumentsError:
            return None
        seen = (name_line(option, LONGEST_OPTION) for option in arguments["options"])
        return Choice(asks=arguments["question"], options=list(dict.fromkeys(filter(None, seen))))

    def refusal(self, name: str, allowed: Collection[str] | None = None, lacking: Collection[type] = ()) -> str | None:
        """A sentence for the model if it cannot call a tool of this name, otherwise None; `lacking` as above."""
        tools = self._offered(allowed, lacking)
        if name not in tools:
            return no_such_tool(name, tools)
        tool = tools[name]
        return None if isinstance(tool, Tool) else tool.away or None

    def _offered(self, names: Collection[str] | None, lacking: Collection[type]) -> dict[str, Tool | OutsideTool]:
        # To look up hundreds of names in a list takes milliseconds.
        wanted = None if names is None else frozenset(names)
        return {
            name: tool
            for name, tool in self._all().items()
            if (wanted is None or name in wanted) and not (isinstance(tool, Tool) and tool.needs & set(lacking))
        }

    def _all(self) -> dict[str, Tool | OutsideTool]:
        """Every tool by name, sorted, as the source lists them at this moment."""
        outside = self._source.tools()
        everything: dict[str, Tool | OutsideTool] = {
            name: tool for name, tool in outside.items() if name not in self._reserved
        }
        everything.update(self._tools)
        return dict(sorted(everything.items()))

    def open(self, http: httpx.AsyncClient, settings: Sequence[ToolSettings]) -> OpenToolbox:
        """The same tools, ready to run; raises TypeError when a tool's settings are not among `settings`."""
        at_hand: dict[type, Any] = {httpx.AsyncClient: http} | {type(one): one for one in settings}
        missing = [kind.__name__ for kind in self.settings_classes() if kind not in at_hand]
        if missing:
            raise TypeError(f"the toolbox needs settings that were not given: {', '.join(missing)}")
        return OpenToolbox(self._all, at_hand)


def _declared_in(module: ModuleType) -> list[ToolFunction[Any]]:
    """The tools that the module itself declares, without those that it imports; raises TypeError if there are none."""
    everything = vars(module).values()
    declared = [each for each in everything if isinstance(each, ToolFunction)]
    own = [each for each in declared if each.function.__module__ == module.__name__]
    if not own:
        raise TypeError(f"{module.__file__} declares no tool: is the @tool decorator missing?")
    return own
