"""The tool with which the model asks the person something, and waits for the answer however long it takes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from agent_worker.toolbox.approvals import ASK_PERSON
from agent_worker.toolbox.tool import ToolError, tool

LONGEST_QUESTION = 1_000  # characters
LONGEST_OPTION = 75  # characters; Slack's buttons take no more
MOST_OPTIONS = 10
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_OPTION)]


@tool(title="Asking", summary="what you want, when I am not sure", attempts=1)
async def ask_person(
    question: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION),
        Field(description="One question, in the words in which the person reads it"),
    ],
    options: Annotated[
        list[Option], Field(max_length=MOST_OPTIONS, description="Answers to choose from, if there are any")
    ] = [],  # noqa: B006  the schema shows it; nothing changes it
) -> str:
    """Ask the person who talks to you something that you need to know, and that nothing else can tell you.

    Only if you cannot go on without the answer: do not ask for permission, and do not ask what you can look up. The
    person may also answer in other words than the options. Ask one question at a time.
    """
    del question, options  # in Slack the conversation itself asks: this runs only where it cannot
    raise ToolError(f"{ASK_PERSON} works only in Slack: ask in your answer instead.")
