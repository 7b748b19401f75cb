"""How an agent is described to people, in mrkdwn: its tools, its model, its limits, and where each comes from. Pure."""

from __future__ import annotations

from agent_worker.contract.agent_choice import Choice
from agent_worker.contract.agents import AgentCatalog, AgentView
from slackbot.listeners.conversation_captions import literal
from text.lines import one_line

TOOLS_SHOWN = 15
LONGEST = 2_800  # characters; a section takes 3,000
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
    tools = [f"    ◦ {literal(tool.name)}: {_plain(tool.summary)}" for tool in agent.tools[:TOOLS_SHOWN]]
    while tools and len("\n".join([*lines, *tools])) > LONGEST - 50:
        tools.pop()
    left_out = len(agent.tools) - len(tools) + agent.more_tools
    rest = [f"    ◦ and {left_out} more"] if left_out else []
    return "\n".join([*lines, *(["*Tools*"] if tools or rest else []), *tools, *rest])


def _plain(text: str) -> str:
    return literal(one_line(text, 300))


def _source(source: str) -> str:
    return "built in" if source == "default" else literal(source)
