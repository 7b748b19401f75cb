"""The agents of this worker, as the activities ask for them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from cachetools import LRUCache

from agent_worker.agents.agent_file import AgentFile, claims_of
from agent_worker.agents.effective import Effective, allowed, effective, may_allow
from agent_worker.agents.folder import AgentFolder
from agent_worker.agents.settings import DEFAULT, AgentSettings
from agent_worker.contract.agent_choice import Choice, Place, choose
from agent_worker.payloads.agent_version import AgentVersion
from agent_worker.payloads.storage_limits import size_of
from agent_worker.toolbox.toolbox import Toolbox

BYTES_PER_TOKEN = 4  # in what the model is told of tools; Google's rule of thumb
VERSIONS_KEPT = 500  # the others are read from the conversations that go by them
logger = logging.getLogger(__name__)


def folder_of(settings: AgentSettings) -> AgentFolder:
    """The folder that the settings name. One that nobody has named may be missing."""
    is_optional = settings.source("agents_dir") == DEFAULT
    return AgentFolder(settings.agents_dir, settings.agent_instructions, is_optional=is_optional)


class Agents:
    """Answers from memory and from the folder of files; asks nobody."""

    def __init__(self, folder: AgentFolder, settings: AgentSettings, toolbox: Toolbox) -> None:
        self._folder = folder
        self._settings = settings
        self.toolbox = toolbox
        self._versions: LRUCache[str, AgentVersion] = LRUCache(VERSIONS_KEPT)

    def with_tools(self, toolbox: Toolbox) -> Agents:
        """The same agents with other tools."""
        return Agents(self._folder, self._settings, toolbox)

    @property
    def files(self) -> Mapping[str, AgentFile]:
        """By the agent's name; the same mapping as long as no file has changed."""
        return self._folder.agents

    @property
    def names(self) -> list[str]:
        return list(self.files)

    def channels(self, name: str) -> Sequence[str]:
        """The channels that an agent claims."""
        return self.files[name].fields.channels

    def patterns(self, name: str) -> Sequence[str]:
        """The names and globs of tools in an agent's file."""
        return self.files[name].fields.tools or []

    @property
    def summaries(self) -> dict[str, str]:
        """What each tool that there is now can do, by its name."""
        return self.toolbox.summaries()

    def allows(self, name: str, tool: str) -> bool:
        """Whether the agent's file allows the tool, as it is now; False for an agent that is not there."""
        file = self.files.get(name)
        return file is not None and bool(allowed([tool], file.fields.tools))

    def tools_away(self, name: str) -> list[str]:
        """What the model is told of the tools that the agent may use and that nobody knows just now."""
        patterns = self.files[name].fields.tools if name in self.files else []
        return [why for beginning, why in self.toolbox.not_listed().items() if may_allow(beginning, patterns)]

    def choose(self, place: Place) -> Choice:
        """The agent that answers at a place."""
        return choose(claims_of(self.files), place)

    def effective(self, name: str) -> Effective | None:
        """What applies to this agent now; None if there is no such agent."""
        file = self.files.get(name)
        return None if file is None else effective(file, self._settings, self.summaries)

    def version(self, name: str) -> AgentVersion | None:
        """The agent's version of this moment; None if there is no such agent."""
        found = self.effective(name)
        if found is None:
            return None
        version = found.version
        if version.digest not in self._versions:
            logger.info("agent has a version", extra={"agent": name, "digest": version.digest})
            self._warn_if_crowded(version)
        self.keep(version)
        return version

    def _warn_if_crowded(self, version: AgentVersion) -> None:
        """Warns if so many tools are declared that older turns would give way to a summary after nearly every turn."""
        tokens = size_of(self.toolbox.declarations(version.tools)) // BYTES_PER_TOKEN
        if tokens > version.context_tokens // 2:
            told = {"agent": version.agent, "tool_tokens": tokens, "context_tokens": version.context_tokens}
            logger.warning("the tools of an agent take more than half of its context_tokens", extra=told)

    def known_version(self, digest: str) -> AgentVersion | None:
        """The version with this digest, if this worker has made or read it."""
        found: AgentVersion | None = self._versions.get(digest)
        return found

    def keep(self, version: AgentVersion) -> None:
        self._versions[version.digest] = version
