"""The turns of a conversation: what people say in each, what the tools returned, and what was answered. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent_worker.conversation.wording.model_input import EDITED
from emulators.gemini.request import Content, content_text, function_calls, function_responses
from playground.scripted_model.request.input_lines import is_said, said_now, words_of
from text.json_shapes import string

Call = tuple[str, Mapping[str, Any]]
Result = tuple[Mapping[str, Any], Mapping[str, Any]]  # a call and its response
LONGEST_MESSAGE = 4_000  # characters that are looked at: nobody asks more in words, and a long text would take long
OUTCOME, WAITING = "outcome", "waiting"  # of a call that people have to decide about first


@dataclass(frozen=True)
class Message:
    """What one person writes. `step` counts from the beginning of the turn: what has the same was read together."""

    text: str
    author: str = ""
    step: int = 0


@dataclass(frozen=True)
class Turn:
    """What people say since the last answer, as it reads now, and the results of the tools since then.

    `end` is the index behind its last content; `answer` is "" while there is none.
    """

    messages: Sequence[Message] = ()
    results: Sequence[Result] = ()
    contents: Sequence[Content] = ()
    end: int = 0
    answer: str = ""

    def result_of(self, tool: str) -> Mapping[str, Any] | None:
        """The last response of this tool, or None while it has not been called."""
        return next(reversed(self.results_of(tool)), None)

    def results_of(self, tool: str) -> list[Mapping[str, Any]]:
        """All responses of this tool."""
        return [response for call, response in self.results if call["name"] == tool]

    def has_called(self, call: Call) -> bool:
        return any(call == made(result) for result in self.results)

    def only(self, calls: Collection[Call]) -> Turn:
        """The same turn, as if only these calls had been made in it."""
        return replace(self, results=[result for result in self.results if made(result) in calls])


def made(result: Result) -> Call:
    """The call of a result."""
    return result[0]["name"], result[0].get("args") or {}


def is_waiting(result: Result) -> bool:
    """Whether people have been asked about the call and nobody has decided yet."""
    return bool(result[1].get(OUTCOME) == WAITING)


def is_decided(result: Result) -> bool:
    """Whether people had to decide about the call, and have."""
    return bool(result[1].get(OUTCOME, WAITING) != WAITING)


def turns(contents: Sequence[Content]) -> list[Turn]:
    """All turns, the running one last; there is always that one.

    A turn ends with an answer of the model. It also ends where people were asked about a call: what somebody writes
    then begins another one.
    """
    found, start = [], 0
    for at, content in enumerate(contents):
        is_answer = content.get("role") == "model" and not function_calls(content)
        if is_answer:
            found.append(_turn(contents, start, at, content_text(content)))
            start = at + 1
        elif start < at and _is_question(content) and any(map(is_waiting, _results(contents[start:at]))):
            found.append(_turn(contents, start, at))
            start = at
    return [*found, _turn(contents, start, len(contents))]


def _turn(contents: Sequence[Content], start: int, end: int, answer: str = "") -> Turn:
    own = contents[start:end]
    return Turn(_messages(own), _results(own), own, end, answer)


def _results(contents: Sequence[Content]) -> list[Result]:
    calls = [call for content in contents for call in function_calls(content)]
    responses = [response["response"] for content in contents for response in function_responses(content)]
    return list(zip(calls, responses, strict=False))


def _is_question(content: Content) -> bool:
    return content.get("role") == "user" and not function_responses(content)


def _messages(contents: Sequence[Content]) -> list[Message]:
    """The messages as they read now: an edit takes the place of what it changes.

    The agent rewrites a message that was edited, and tells of the edit after it has acted. Of an edit it does not say
    to which message it belongs: if none reads so already, it is the last one.
    """
    messages: list[Message] = []
    for step, content in enumerate(contents):
        for one in said_now([content] if content.get("role") == "user" else []):
            text = words_of(one)[:LONGEST_MESSAGE]
            if string(one.get("note")) == EDITED:
                if text not in [message.text for message in messages]:
                    messages[-1:] = [Message(text, messages[-1].author if messages else "", step)]
            elif "note" not in one and is_said(one):
                messages.append(Message(text, string(one.get("id")), step))
    return messages
