"""The checks of the tools' services: for each tool that asks one, a small call that changes nothing."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from functools import partial

import httpx
from pydantic import HttpUrl

from agent_worker.toolbox.definition import Tool
from agent_worker.toolbox.tool import ToolSettings, ToolUnavailableError
from agent_worker.toolbox.toolbox import Toolbox
from process.checkup.checks import Check
from process.checkup.finding import Outcome, failed, named, note, ok, skipped
from text.json_shapes import string

SECTION = "Tools"


class ToolChecks:
    """`tools` are those of the toolbox to be tried, `settings` those that could be read."""

    def __init__(
        self, toolbox: Toolbox, tools: Sequence[Tool], settings: Sequence[ToolSettings], http: httpx.AsyncClient
    ) -> None:
        self._tools = tools
        self._settings = {type(one): one for one in settings}
        # A tool whose settings are wrong is not tried. The others are, and the toolbox opens only as a whole.
        self._unreadable = frozenset(kind for kind in toolbox.settings_classes() if kind not in self._settings)
        self._toolbox = toolbox.open(http, [*settings, *(kind.model_construct() for kind in self._unreadable)])
        self._http = http

    def checks(self) -> list[Check]:
        if not self._tools:
            return [Check(SECTION, "services", _none)]
        return [Check(SECTION, tool.name, partial(self._check, tool)) for tool in self._tools]

    async def _check(self, tool: Tool) -> Outcome:
        if self._unreadable & set(tool.signature.given.values()):
            return skipped("not tried, because its settings cannot be read")
        return await (self._reach(tool) if tool.trial is None else self._try(tool))

    async def _try(self, tool: Tool) -> Outcome:
        """Makes the call that the tool's author has named for this."""
        try:
            result = await self._toolbox.run(tool.name, tool.trial)
        except ToolUnavailableError as error:
            return failed(str(error), self._mend(tool))
        except Exception as error:  # noqa: BLE001  whatever the tool does, the others are told
            place = traceback.extract_tb(error.__traceback__)[-1]
            told = f"the tool breaks at {place.filename}:{place.lineno}: {named(type(error).__name__, str(error))}"
            return failed(told, "mend the tool")
        if "error" in result:
            return failed(string(result["error"]), self._mend(tool))
        return ok("its service answers")

    async def _reach(self, tool: Tool) -> Outcome:
        """Only asks whether somebody answers at the addresses in the tool's settings."""
        reason = "it would do something" if tool.has_effect else "its file names no trial"
        told = []
        for setting, address in self._addresses(tool).items():
            try:
                status = (await self._http.get(str(address))).status_code
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return failed(f"{setting} cannot be reached ({type(error).__name__})", self._mend(tool))
            if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                return failed(f"{setting} answers with HTTP status {status}", self._mend(tool))
            told.append(f"{setting} answers a GET with HTTP status {status}")
        return note(f"{'; '.join([*told, 'a call'])} was not tried, because {reason}")

    def _addresses(self, tool: Tool) -> dict[str, HttpUrl]:
        """The addresses in the tool's settings, by the name of the setting."""
        settings = [self._settings[kind] for kind in tool.signature.given.values() if kind in self._settings]
        return {name.upper(): value for one in settings for name, value in one if isinstance(value, HttpUrl)}

    def _mend(self, tool: Tool) -> str:
        names = " and ".join(self._addresses(tool)) or "its settings"
        return f"see {names} (docs/settings.md), and whether this machine may reach it (firewall, HTTPS_PROXY)"


async def _none() -> Outcome:
    return ok("no agent uses a tool that asks a service")
