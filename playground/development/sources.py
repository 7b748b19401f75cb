"""Which files the worker and the bot are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent_worker.agents.folder import read_folder
from agent_worker.agents.settings import AgentSettings
from agent_worker.mcp.configuration import DEFAULT_FILE, SETTING
from playground.development.restarts import Watched, shown
from playground.processes import ROOT
from process.dotenv_file import DOTENV
from process.settings import problems_of

WORKER, BOT = frozenset({"worker"}), frozenset({"bot"})


def sources(variables: Mapping[str, str]) -> list[Watched]:
    """`variables` are those with which the processes are started, together with those of `.env`."""
    agents = Path(variables["AGENTS_DIR"])
    return [
        Watched(ROOT / "agent_worker", WORKER),
        Watched(ROOT / "agent_worker" / "contract", BOT),
        Watched(ROOT / "slackbot", BOT),
        Watched(ROOT / "process", WORKER | BOT),
        Watched(ROOT / "text", WORKER | BOT),
        Watched(Path(DOTENV), WORKER | BOT),
        Watched(Path(variables.get(SETTING) or DEFAULT_FILE), WORKER),
        Watched(agents, WORKER, partial(_problems_of_agents, agents)),
    ]


def _problems_of_agents(directory: Path) -> Sequence[str]:
    """What the worker would refuse to start with. While it runs, the last good file of each agent counts."""
    settings, _ = problems_of([AgentSettings])
    try:
        reading = read_folder(directory, settings[0].agent_instructions if settings else "")
    except OSError as error:
        return [f"{shown(directory)} cannot be read ({type(error).__name__})"]
    return [str(replace(one, path=shown(Path(one.path)))) for one in (*reading.problems, *reading.conflicts)]
