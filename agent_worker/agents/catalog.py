"""The agents as the bot tells people of them: what applies to each, bounded in size. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from agent_worker.agents.agents import Agents
from agent_worker.agents.effective import Effective
from agent_worker.contract.agents import AgentCatalog, AgentView, Applied, ToolLine
from agent_worker.payloads.storage_limits import size_of, writable
from text.lines import one_line

TOOLS_SHOWN = (40, 10, 0)  # of each agent: as many as the catalog has room for
LARGEST_CATALOG = 400_000  # bytes of JSON
LONGEST_SUMMARY = 120  # characters
LONGEST_DESCRIPTION = 300
THREAD_REPLIES = {
    "auto": "those that are most likely meant for me",
    "all": "all of them",
    "mention": "only those that mention me",
}


def catalog(agents: Agents) -> AgentCatalog:
    """What applies to every agent now. If there is much to tell, fewer tools are named; in the end nothing is told."""
    found = [one for one in map(agents.effective, agents.names) if one is not None]
    summaries = agents.summaries
    approving = {tuple(one.approve.value) for one in found}  # the same for most agents
    asked = {patterns: agents.toolbox.asked_about(patterns) for patterns in approving}
    for shown in TOOLS_SHOWN:
        made = AgentCatalog(
            agents=[view(one, summaries, asked[tuple(one.approve.value)], shown) for one in found],
        )
        if size_of(made.model_dump()) <= LARGEST_CATALOG:
            return made
    return AgentCatalog()


def view(
    one: Effective, summaries: Mapping[str, str], asked: Collection[str], tools_shown: int = TOOLS_SHOWN[0]
) -> AgentView:
    """`summaries` are those of all tools, by name; `asked` are the tools of which people are asked before a call."""
    names = list(one.tools.value)
    lines = [
        ToolLine(name=name, summary=_cut(summaries.get(name, ""), LONGEST_SUMMARY), asks_first=name in asked)
        for name in names
    ]
    return AgentView(
        name=one.name,
        description=_cut(one.description, LONGEST_DESCRIPTION),
        channels=list(one.channels),
        applied=applied(one),
        tools=lines[:tools_shown],
        more_tools=max(len(lines) - tools_shown, 0),
        prompts=list(one.prompts.value),
    )


def applied(one: Effective) -> list[Applied]:
    """Each value with its source."""
    count = len(one.tools.value)
    pairs = (
        ("Model", one.model.value, one.model.source),
        ("Instructions", f"{len(one.instructions.value)} characters", one.instructions.source),
        ("Tools", f"{count or 'no'} tool{'' if count == 1 else 's'}", one.tools.source),
        ("Model calls in one answer", f"at most {one.max_model_calls.value}", one.max_model_calls.source),
        ("Remembers word for word", f"{one.context_tokens.value:,} tokens", one.context_tokens.source),
        ("Replies without a mention", THREAD_REPLIES[one.thread_replies.value], one.thread_replies.source),
    )
    return [Applied(what=what, value=_cut(value, LONGEST_SUMMARY), source=source) for what, value, source in pairs]


def _cut(text: str, characters: int) -> str:
    return one_line(writable(text), characters)
