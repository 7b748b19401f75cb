"""The agents of a playground: which one answers in which channel, and a channel for each that they name."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent_worker.agents import folder
from agent_worker.agents.agent_file import AgentFile
from agent_worker.agents.folder import AgentFolder
from agent_worker.agents.settings import AgentSettings
from agent_worker.contract.agent_choice import is_about_names, is_glob
from emulators.slack.emulator import SlackEmulator
from playground.page.surroundings import Surroundings
from process.settings import load

LOOKS_EVERY = 1.0  # seconds
_CHANNEL_NAME = re.compile(r"[a-z0-9_-]{1,80}")


class ChannelAgents:
    """Keeps `surroundings.agents` as the files are; a bad file is told by the worker, not here."""

    def __init__(self, slack: SlackEmulator, surroundings: Surroundings, directory: Path) -> None:
        """Exits with code 2, as the worker does, if a setting about agents is bad."""
        (settings,) = load(AgentSettings)
        logging.getLogger(folder.__name__).setLevel(logging.ERROR)
        self._folder = AgentFolder(directory, settings.agent_instructions)
        self._folder.read()
        self._slack = slack
        self._surroundings = surroundings

    def look(self) -> None:
        """Adds the channels that are missing."""
        agents = self._folder.agents
        if agents is self._surroundings.agents:
            return
        self._surroundings.agents = agents
        there = {channel.name for channel in self._slack.backend.workspace.channels.values()}
        for name in sorted(set(_named(agents)) - there):
            self._slack.add_channel(name)
        self._slack.backend.changes.nudge()

    async def keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            self.look()


def _named(agents: Mapping[str, AgentFile]) -> Iterator[str]:
    """The names of channels that agents claim, without globs, ids and direct messages."""
    for agent in agents.values():
        for claim in agent.fields.channels:
            if is_about_names(claim) and not is_glob(claim) and _CHANNEL_NAME.fullmatch(claim):
                yield claim
