"""How agents are described to people, in mrkdwn: tools, model, limits, and where each value comes from. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent_worker.contract.agent_choice import Choice
from agent_worker.contract.agents import AgentCatalog, AgentView, ToolLine
from slackbot.listeners.conversation_captions import literal
from text.lines import one_line

TOOLS_SHOWN = 15
LONGEST = 2_800  # characters; a section takes 3,000
AGENTS_SHOWN = 10  # of the others, on the Home tab: of its 100 blocks, conversations and grants may take 70
WHERE = "`/agent` in a channel tells which agent answers there."
UNKNOWN = "I can't tell yet which agent answers here: none of my workers has started since I was set up."
UNNAMED = "Which agent answers here depends on the channel's name, and Slack does not tell me the name."


def answering(catalog: AgentCatalog, choice: Choice) -> str:
    """The agent that answers, or why none does."""
    if not catalog.agents:
        return UNKNOWN
    if choice.rivals:
        names = " and ".join(f"*{literal(name)}*" for name in choice.rivals)
        return f"Nobody answers here: {names} are both set up for this channel. Whoever runs me can put that right."
    agent = catalog.agent(choice.agent)
    return UNNAMED if agent is None else described(agent)


def described(agent: AgentView) -> str:
    """Ends with as many tools as have room."""
    heading = f"*{literal(agent.name)}* answers here."
    lines = [f"{heading} {_plain(agent.description)}".rstrip()]
    lines += [f"• {one.what}: {_plain(one.value)} _({_source(one.source)})_" for one in agent.applied]
    return _with_tools(lines, agent)


def listed(catalog: AgentCatalog, but: str) -> list[str]:
    """The agents without the one that is called `but`: what each is for, and its tools.

    Where they answer is not told: everybody sees this, and the name of a channel may be secret.
    """
    others = [agent for agent in catalog.agents if agent.name != but]
    texts = [_with_tools([_introduced(one)], one) for one in others[:AGENTS_SHOWN]]
    left_out = len(others) - AGENTS_SHOWN
    return [*texts, f"And {left_out} more. {WHERE}" if left_out > 0 else WHERE] if others else []


def _introduced(agent: AgentView) -> str:
    name, description = f"*{literal(agent.name)}*", _plain(agent.description)
    return f"{name}: {description}" if description else name


def _with_tools(lines: Sequence[str], agent: AgentView) -> str:
    tools = [f"    ◦ {_tool(tool)}" for tool in agent.tools[:TOOLS_SHOWN]]
    while tools and len("\n".join([*lines, *tools])) > LONGEST - 50:
        tools.pop()
    left_out = len(agent.tools) - len(tools) + agent.more_tools
    rest = [f"    ◦ and {left_out} more"] if left_out else []
    return "\n".join([*lines, *(["*Tools*"] if tools or rest else []), *tools, *rest])


def _tool(tool: ToolLine) -> str:
    asks = " _(asks first)_" if tool.asks_first else ""
    return f"{literal(tool.name)}: {_plain(tool.summary)}{asks}"


def _plain(text: str) -> str:
    return literal(one_line(text, 300))


def _source(source: str) -> str:
    return "built in" if source == "default" else literal(source)
