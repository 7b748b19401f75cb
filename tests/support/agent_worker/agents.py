"""Agents for tests: from files that a test writes, or one default agent without a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent_worker.activities.agent_gate import AgentGate
from agent_worker.agents.agents import Agents
from agent_worker.agents.folder import AgentFolder
from agent_worker.agents.settings import AgentSettings
from agent_worker.slack.directory import Directory
from agent_worker.toolbox.toolbox import Toolbox

INSTRUCTIONS = "Answer."


def settings(**given: Any) -> AgentSettings:
    """The settings about agents, whatever the environment says."""
    defaults = {name: field.get_default() for name, field in AgentSettings.model_fields.items()}
    return AgentSettings.model_construct(set(given), **{**defaults, **given})


def gate(toolbox: Toolbox, directory: Directory | None = None, **given: Any) -> AgentGate:
    """One default agent, without a file, that may use every tool."""
    folder = AgentFolder(Path("no-such-folder"), INSTRUCTIONS, is_optional=True)
    assert folder.read() == []
    return AgentGate(Agents(folder, settings(agent_instructions=INSTRUCTIONS, **given), toolbox), directory)


def write(directory: Path, name: str, front: str = "", body: str = INSTRUCTIONS) -> Path:
    """Writes an agent's file as an editor does: whole, under another name first."""
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}.md"
    draft = directory / f".{name}.new"
    draft.write_text(f"---\n{front}\n---\n\n{body}\n" if front else f"{body}\n", encoding="utf-8")
    draft.replace(path)
    return path


def agents_in(directory: Path, toolbox: Toolbox | None = None, **given: Any) -> Agents:
    """The agents of a folder whose files are good."""
    now = settings(**given)
    folder = AgentFolder(directory, now.agent_instructions)
    assert folder.read() == []
    return Agents(folder, now, toolbox or Toolbox([]))
