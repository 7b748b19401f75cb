"""`python -m agent_worker.agents check [--channel C…|NAME …] [--servers]`: checks the agents' files, and tells what
applies where.

Needs no token, no key and no Temporal; `--servers` starts the MCP servers, and tells their tools, too. Exits with code
1 if anything has to be put right.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence

from agent_worker.agents.agents import Agents, folder_of
from agent_worker.agents.catalog import view
from agent_worker.agents.effective import NOT, Effective, allowed
from agent_worker.agents.settings import AgentSettings
from agent_worker.contract.agent_choice import DEFAULT_AGENT, DIRECT, Place, is_about_names, is_glob
from agent_worker.mcp.configuration import SEPARATOR, mcp_servers
from agent_worker.mcp.source import CHECK_WAIT, McpServers
from agent_worker.payloads.activity_names import ActivityName
from agent_worker.toolbox.toolbox import Toolbox
from process.settings import load, problems_of
from text.characters import for_terminal

BAD_FILES = 1  # the exit code


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m agent_worker.agents", description=__doc__)
    check = parser.add_subparsers(required=True).add_parser("check", help="check the files, and tell what applies")
    check.add_argument("--channel", action="append", default=[], help="a channel's id or name; may stand several times")
    check.add_argument("--servers", action="store_true", help="start the MCP servers, and tell their tools, too")
    wanted = parser.parse_args(arguments)
    return asyncio.run(_check(wanted.channel, asks_servers=wanted.servers))


async def _check(channels: Sequence[str], *, asks_servers: bool) -> int:
    (settings,) = load(AgentSettings)
    configured = load(mcp_servers)[0] if asks_servers else []
    folder, servers = folder_of(settings), McpServers()
    problems = folder.read()
    if not problems:
        agents = Agents(folder, settings, _toolbox(servers))
        async with servers.connected(configured, first_wait=CHECK_WAIT):
            print(for_terminal("\n".join(_report(agents, asks_servers=asks_servers))))
            problems = [*servers.not_listed().values(), *_places(agents, channels)]
    for problem in problems:
        print(for_terminal(problem), file=sys.stderr)
    return BAD_FILES if problems else 0


def _toolbox(servers: McpServers) -> Toolbox:
    """The tools that the worker would have. It would not start with settings that cannot be read; here nobody minds."""
    toolbox = Toolbox.discover(reserved=list(ActivityName), source=servers)
    readable, _ = problems_of(toolbox.settings_classes())
    return toolbox.configured(readable)


def _report(agents: Agents, *, asks_servers: bool) -> Iterator[str]:
    for one in filter(None, map(agents.effective, agents.names)):
        yield from _lines(agents, one, asks_servers=asks_servers)
        yield ""


def _lines(agents: Agents, one: Effective, *, asks_servers: bool) -> Iterator[str]:
    told = view(one, agents.summaries, agents.toolbox.asked_about(one.approve.value), len(one.tools.value))
    yield f"{one.name}: {one.description}" if one.description else one.name
    default = "wherever no other agent answers"
    channels = [*one.channels, *([default] if one.name == DEFAULT_AGENT else [])]
    yield f"  answers in: {', '.join(channels) or 'no channel'}"
    yield f"  version: {one.version.digest}"
    for applied in told.applied:
        yield f"  {applied.what}: {applied.value} ({applied.source})"
    for tool in told.tools:
        yield f"    {tool.name} - {tool.summary}{' (asks first)' if tool.asks_first else ''}"
    for pattern in agents.patterns(one.name):
        if note := _note(agents, pattern, asks_servers=asks_servers):
            yield f"  note: {note}"


def _note(agents: Agents, pattern: str, *, asks_servers: bool) -> str:
    """What is to be said of an entry of `tools`."""
    if SEPARATOR in pattern and not asks_servers:
        told = f"{pattern} is about MCP servers: with --servers their tools are told, too"
        return "" if pattern.startswith(NOT) else told
    fits = allowed(agents.summaries, [pattern.removeprefix(NOT)])
    return "" if fits else f"there is no tool now that {pattern} fits"


def _places(agents: Agents, channels: Sequence[str]) -> Iterator[str]:
    """Prints which agent answers where; yields what is wrong there."""
    claimed = [channel for name in agents.names for channel in agents.channels(name) if not is_glob(channel)]
    for channel in dict.fromkeys([DIRECT, *claimed, *(channel.removeprefix("#") for channel in channels)]):
        choice = agents.choose(_place(channel))
        if choice.agent:
            print(for_terminal(f"{channel}: {choice.agent}"))
        elif choice.rivals:
            yield f"{channel}: is claimed by {' and '.join(choice.rivals)}; nobody answers there"
        else:
            print(for_terminal(f"{channel}: depends on the name of the channel"))


def _place(channel: str) -> Place:
    if channel == DIRECT:
        return Place("D")
    return Place("", channel) if is_about_names(channel) else Place(channel)


if __name__ == "__main__":
    raise SystemExit(main())
