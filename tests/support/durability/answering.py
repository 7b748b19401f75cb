"""A model that answers by rule: the tools that a question asks for, then an answer that names the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from emulators.gemini.answers import Answer, Said, calls, finish, text
from emulators.gemini.request import ModelRequest, function_calls, function_responses
from tests.support.chaos.hostile_answers import hostile

TOOL, FILE_TICKET = "get_location_info", "file_ticket"
MCP_TOOL = "world__place"  # of an MCP server that asks the same service
PIECES, PAUSE = 5, 0.4  # of an answer that is said slowly, and seconds between them
_LOOK_UP = r"(place|fetch) ([\w.]+) (then|and) ([\w.]+)"
_QUESTION = re.compile(rf"question (\w+): (?:say it|(file it)|{_LOOK_UP})( slowly)?(?: with (\w+))?")
_NEWS = re.compile(r"Ticket: (q\w+)")  # how a call is called, where the model hears what people have decided
_BEFORE, _NOW = "What was said in this thread before", "End of what was said before"
_ANSWER = re.compile(r"The answer to (\w+(?:, \w+)*)\. That is all of it\.")
WAITING = "waiting"  # the outcome of a call for as long as nobody has decided
BLOCKED = "nothing"  # a question "with nothing" is blocked by Gemini's safety rules, whenever it is asked
HOSTILE_BEGINNING = "This is a strange one."


@dataclass(frozen=True)
class Question:
    """A question by its unique name, and the addresses whose places it asks for, one after the other or at once."""

    name: str
    addresses: tuple[str, ...] = ()
    at_once: bool = False
    slowly: bool = False  # the answer takes its time, so that it is seen growing
    hostile: str = ""  # the kind of hostile text in its answer, or BLOCKED
    through_mcp: bool = False  # an MCP server looks the addresses up
    files_ticket: bool = False  # of which people are asked before it is filed

    @property
    def words(self) -> str:
        how = (" and " if self.at_once else " then ").join(self.addresses)
        verb = "fetch" if self.through_mcp else "place"
        what = f"{verb} {how}" if self.addresses else "file it" if self.files_ticket else "say it"
        ways = f"{' slowly' if self.slowly else ''}{f' with {self.hostile}' if self.hostile else ''}"
        return f"question {self.name}: {what}{ways}"


def questions_in(said: str) -> list[Question]:
    """The questions that a text asks."""
    return [
        Question(
            name, (first, second) if first else (), how == "and", bool(slowly), hostile, verb == "fetch", bool(filed)
        )
        for name, filed, verb, first, how, second, slowly, hostile in _QUESTION.findall(said)
    ]


def answer_to(*names: str) -> str:
    return f"The answer to {', '.join(names)}. That is all of it."


def answered_by(said: str) -> list[str]:
    """The names of the questions that a complete answer is to; none for any other text.

    Before its last line, a complete answer has nothing or a hostile text. A fence that is open may be closed after it.
    """
    last = said.rstrip("`~\n ").rsplit("\n", 1)[-1]
    answer = _ANSWER.fullmatch(last)
    return answer[1].split(", ") if answer else []


class ByRule:
    """Answers each request from its contents alone, so that the same request always has the same answer.

    `answered` are the requests that were answered properly: those that went wrong on purpose are not among them.
    """

    def __init__(self) -> None:
        self.answered: list[ModelRequest] = []

    def answer(self, request: ModelRequest) -> Answer:
        self.answered.append(request)
        now = Open.of(request)
        if request.mode == "NONE":
            return self.said(now.asked)
        if tickets := [question.name for question in now.asked if question.files_ticket and not now.knows(question)]:
            return calls(*((FILE_TICKET, ticket(name)) for name in tickets))
        for question in now.asked:
            missing = [address for address in question.addresses if address not in now.placed]
            if missing:
                wanted = missing if question.at_once else missing[:1]
                tool = MCP_TOOL if question.through_mcp else TOOL
                return calls(*((tool, {"ipaddress": address}) for address in wanted))
        return self.said(now.asked)

    @staticmethod
    def said(asked: Sequence[Question]) -> Said:
        """The answer to these questions."""
        whole = answer_to(*(question.name for question in asked))
        kinds = [question.hostile for question in asked if question.hostile]
        if BLOCKED in kinds:
            return finish("SAFETY")
        answer = hostile(kinds, HOSTILE_BEGINNING, whole) if kinds else text(whole)
        return answer.in_pieces(PIECES, PAUSE) if any(question.slowly for question in asked) else answer


def ticket(name: str) -> dict[str, str]:
    """The ticket for a question that wants one."""
    return {"title": name, "description": "Somebody wants it.", "queue": "it"}


@dataclass(frozen=True)
class Open:
    """What is to be answered now: `asked` since the last answer, and what people have decided about only since then.

    `placed` are the addresses that were looked up for it. `tickets` says what became of each ticket.
    """

    asked: list[Question]
    placed: list[str]
    tickets: dict[str, str]

    def knows(self, question: Question) -> bool:
        return question.name in self.tickets

    @classmethod
    def of(cls, request: ModelRequest) -> Open:
        asked: dict[str, Question] = {}
        known: dict[str, Question] = {}
        placed: list[str] = []
        tickets = _tickets(request)
        for content in request.contents:
            if content["role"] == "model" and not function_calls(content):
                asked, placed = {}, []
            told = [question for said in _texts(content) for question in _asked_or_decided(said)]
            known = {question.name: question for question in told} | known
            asked |= {question.name: known[question.name] for question in told}
            placed += [call["args"]["ipaddress"] for call in function_calls(content) if "ipaddress" in call["args"]]
        return cls([one for one in asked.values() if tickets.get(one.name) != WAITING], placed, tickets)


def _asked_or_decided(said: str) -> list[Question]:
    return [*questions_in(said), *(Question(name, files_ticket=True) for name in _NEWS.findall(said))]


def _tickets(request: ModelRequest) -> dict[str, str]:
    """The outcome of each ticket by its question's name; "" where only the news tell of it."""
    news = [name for content in request.contents for said in _texts(content) for name in _NEWS.findall(said)]
    found = dict.fromkeys(news, "")
    for content, results in pairwise(request.contents):
        for call, result in zip(function_calls(content), function_responses(results), strict=False):
            if call["name"] == FILE_TICKET:
                found[call["args"]["title"]] = str(result["response"].get("outcome", ""))
    return found


def told_now(request: ModelRequest) -> str:
    """What people say in the request, without what stood in the thread before the agent came to it."""
    return "\n".join(said for content in request.contents for said in _texts(content))


def results_given(request: ModelRequest) -> int:
    """How many tool results the whole request holds."""
    return sum(len(function_responses(content)) for content in request.contents)


def _texts(content: Mapping[str, Any]) -> Iterable[str]:
    """What people ask now; what they said before the agent came to the thread is no question."""
    is_before = False
    for part in content["parts"] if content["role"] == "user" else []:
        text = part.get("text", "")
        is_before = (is_before or _BEFORE in text) and _NOW not in text
        if not is_before:
            yield text
