"""What the agent can do: answered from the tools that the model is told of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from playground.scripted_model.question import Question, Told
from playground.scripted_model.request.tools import Parameter, Tool, Tools
from playground.scripted_model.tools.matching import named_tool
from text.lines import one_line

# Once in a conversation. The beginning is also how the model sees that it was said.
IS_SCRIPT = "I am a script that stands in for Gemini"
NOTE = (
    f"_{IS_SCRIPT}: I look for words that I know and call the tools that fit. Put `GOOGLE_API_KEY=…` into the file "
    ".env for the real one._"
)
MOST_TOOLS = 30  # that are listed
MOST_NAMED = 8  # in a sentence
LONGEST_PURPOSE = 140  # characters
_CAN = re.compile(
    r"\b(?:what|which things) (?:all )?(?:can|could) (?:you|i|we) (?:do|ask|use)\b"
    r"|\bwhat (?:do you|are you able to) do\b|\bhow (?:can|could|do) you help\b"
    r"|\b(?:what|which) tools\b|\b(?:list|show)\b.*\b(?:your|the|all) tools\b"
    r"|\bwhat are you (?:good )?for\b|\byour (?:skills|capabilities|features|tools)\b|^\W*help(?: me)?\W*$"
    r"|\bwhat (?:should|shall) i (?:ask|try)\b|\bhow do(?:es)? (?:this|you|it) work\b",
    re.IGNORECASE | re.MULTILINE,
)
_WHO = re.compile(
    r"\b(?:who|what) are you\b(?! (?:good |able )?(?:for|to))"
    r"|\bare you (?:an? |the )?(?:real|bot|robot|human|person|ai|llm|script|gemini|chatgpt|machine"
    r"|(?:language )?model)\b|\b(?:what|which) (?:ai|llm|(?:language )?model) (?:are you|is this|do you)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:what does|what is|how do(?:es)? (?:i|you|one|we)|what can|explain|describe|tell me about)\b", re.IGNORECASE
)


def capability_question(text: str, tools: Tools) -> Question | None:
    """What is asked about the agent itself; None if it is nothing of the kind."""
    if _WHO.search(text):
        return Told(f"I am the agent of this playground. {NOTE.strip('_')} Ask me “What can you do?” to see my tools.")
    return Told(what_i_can(tools), lost=not tools) if _CAN.search(text) else None


def explanation(text: str, tools: Tools) -> Question | None:
    """What a tool is for and what it takes, if that is asked of one by its name."""
    tool = named_tool(text, tools) if _HOW.search(text) else None
    return Told(_explained(tool)) if tool else None


def what_i_can(tools: Tools) -> str:
    """A row for each tool, those of each MCP server together, and what works without a tool."""
    rows: list[str] = []
    listed = sorted(list(tools.values())[:MOST_TOOLS], key=lambda tool: tool.server)
    for server, group in groupby(listed, key=lambda tool: tool.server):
        rows += [f"With the server **{server}**:"] if server else []
        rows += [f"- {_purpose(tool)} (`{tool.name}`)" for tool in group]
    more = len(tools) - MOST_TOOLS
    rows += [f"- and {more} more tools"] if more > 0 else []
    head = "I can:" if tools else "I have no tools here."
    others = (
        "I also tell what is in files that you send me, know what was said in this thread, and take up what you write "
        "or edit while I work. Where a tool changes something, I ask before I call it."
    )
    return "\n".join([head, *rows, "", others])


def names_of(tools: Tools) -> str:
    """The first few, as a sentence names them."""
    names = [f"`{name}`" for name in list(tools)[:MOST_NAMED]]
    more = len(tools) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _purpose(tool: Tool) -> str:
    purpose = one_line(tool.purpose, LONGEST_PURPOSE)
    return purpose[:1].lower() + purpose[1:] if purpose[1:2].islower() else purpose or tool.own_name


def _explained(tool: Tool) -> str:
    rows = [f"`{tool.name}`: {one_line(tool.description, 3 * LONGEST_PURPOSE)}"]
    return "\n".join([*rows, *_parameters(tool.parameters)])


def _parameters(parameters: Sequence[Parameter]) -> list[str]:
    return [
        f"- `{one.name}`{'' if one.is_required else ' (may be left out)'}: "
        f"{one_line(one.described, LONGEST_PURPOSE) or one.kind}"
        for one in parameters
    ]
