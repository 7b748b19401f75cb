"""What a message is understood by: the tools, what was said before, files, and the question before it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emulators.gemini.request import Content
from playground.scripted_model.own_answers.entries import Entry
from playground.scripted_model.question import Question
from playground.scripted_model.request.files import File, files_in
from playground.scripted_model.request.input_lines import is_said, remembered, words_of
from playground.scripted_model.request.surroundings import Surroundings, surroundings
from playground.scripted_model.request.tools import Tools
from playground.scripted_model.request.turn import Turn


@dataclass(frozen=True)
class Context:
    """`own` are answers that somebody has written for the script.

    `files` came in this turn, `known_files` in the whole conversation until now. `earlier` is what people said before
    the message, newest first, and `remembered` the same with summaries and files. `before` are the questions before
    it, newest first. `writes_haikus` says that the agent is told to answer with haikus, and `joins_late` that people
    have talked in the thread before the agent was called.
    """

    tools: Tools
    around: Surroundings
    files: Sequence[File] = ()
    known_files: Sequence[File] = ()
    earlier: Sequence[str] = ()
    remembered: Sequence[str] = ()
    own: Sequence[Entry] = ()
    before: Sequence[Question] = ()
    writes_haikus: bool = False
    joins_late: bool = False


def context_of(
    turn: Turn, contents: Sequence[Content], tools: Tools, instructions: str, own: Sequence[Entry]
) -> Context:
    """Of a turn of the conversation whose `contents` these are, as it was when the turn was asked."""
    known = contents[: turn.end]
    around = surroundings(known, turn.contents)
    past = contents[: turn.end - len(turn.contents)]
    return Context(
        tools=tools,
        own=own,
        around=around,
        files=files_in(turn.contents),
        known_files=files_in(known),
        earlier=[words_of(one) for one in reversed(around.said) if is_said(one)],
        remembered=[
            text for content in reversed(past) if content.get("role") == "user" and (text := remembered(content))
        ],
        joins_late=not past and bool(around.said),
        writes_haikus="haiku" in instructions.lower(),
    )
