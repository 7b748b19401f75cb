"""What the bot tells people of the agents: what applies to each, and where each value comes from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from agent_worker.contract.agent_choice import Choice, Place, choose

CATALOG_WORKFLOW = "AgentCatalogWorkflow"
CATALOG = "catalog"  # the signal that carries an AgentCatalog
MEMO_CATALOG = "catalog"  # the key of the AgentCatalog in the memo of the AgentCatalogWorkflow


def catalog_workflow_id(task_queue: str) -> str:
    """The id of the one AgentCatalogWorkflow of the workers of a task queue."""
    return f"agents-{task_queue}"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Prompt(_Told):
    """A question that Slack suggests, by its title."""

    title: str
    message: str


# What an agent suggests whose file has no prompts. The same as in manifest.yml, which Slack also shows; a workspace may
# still have those of an older manifest.
DEFAULT_PROMPTS = (
    Prompt(title="What can you do?", message="What can you do for me?"),
    Prompt(title="Weather alerts", message="Are there any weather alerts for New York?"),
)


class Applied(_Told):
    """One thing that applies to an agent. `source` is where it comes from: a file, a setting, or "default"."""

    what: str
    value: str
    source: str


class ToolLine(_Told):
    """One tool; `asks_first`: people are asked before a call of it runs, as long as nobody has always allowed it."""

    name: str
    summary: str
    asks_first: bool = False


class AgentView(_Told):
    """One agent. `tools` are those that it may use now, as many as have room; `more_tools` counts the others."""

    name: str
    description: str = ""
    channels: list[str] = []
    applied: list[Applied] = []
    tools: list[ToolLine] = []
    more_tools: int = 0
    prompts: list[Prompt] = []


class AgentCatalog(_Told):
    """All agents of a worker."""

    agents: list[AgentView] = []

    @property
    def claims(self) -> dict[str, list[str]]:
        """The channels of each agent, by the agent's name."""
        return {agent.name: agent.channels for agent in self.agents}

    def choose(self, place: Place) -> Choice:
        """The agent that answers at a place."""
        return choose(self.claims, place)

    def agent(self, name: str) -> AgentView | None:
        return next((agent for agent in self.agents if agent.name == name), None)
