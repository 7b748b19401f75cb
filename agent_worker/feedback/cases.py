"""A bad answer as a case: the same conversation, with the tools' answers of that time, and what has to be better. Pure.

Nobody knows yet what a good answer is: what the case expects is a beginning, for a person to go on with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_worker.cases.case import AGENT, DIRECT
from agent_worker.cases.writing import written
from agent_worker.contract.messages import UserMessage
from agent_worker.feedback.judgements import Judgement
from agent_worker.feedback.words import words
from agent_worker.turn_history import HistoricTurn, Step, Talk
from text.lines import one_line

SHORT_ANSWER = 300  # characters: a longer one is hardly ever given twice in the same words
LONGEST_REASON = 500  # characters of a reason in the judge's question
UNKNOWN_FILE = "(What was in this file is not kept. Put the file beside this case, and its name in place of this.)"
_NO_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class CaseText:
    """`name` is the file's name without its ending."""

    name: str
    text: str


def cases(found: Iterable[Judgement], *, with_names: bool) -> list[CaseText]:
    """A case for each turn that somebody called bad and that is still known."""
    made: dict[tuple[str, str], tuple[Judgement, HistoricTurn]] = {}
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.feedback.value == "bad" and one.turn is not None:
            key = (one.thread.channel, one.feedback.turn)
            made.setdefault(key, (one, one.turn))
            reasons.setdefault(key, []).extend(filter(None, [one.feedback.reason]))
    return [
        CaseText(_file_name(*key), _text(one, turn, reasons[key], with_names=with_names))
        for key, (one, turn) in made.items()
    ]


def _file_name(channel: str, turn: str) -> str:
    return f"bad-{channel}-{re.sub(r'[^0-9a-z]+', '-', turn)}"


def _text(judgement: Judgement, turn: HistoricTurn, reasons: Sequence[str], *, with_names: bool) -> str:
    talk = judgement.talk
    turns = talk.until(turn)
    people = _people([message for one in turns for message in talk.question(one)], talk, with_names=with_names)
    is_direct = judgement.thread.is_direct
    fields: dict[str, Any] = {
        "about": f"An answer of {turn.agent or 'the agent'} that was called bad (version {turn.version or 'unknown'}).",
        "in": DIRECT if is_direct else f"#{talk.channel_name or 'channel'}",
        "people": {
            short: {"name": talk.names[who]} if with_names and who in talk.names else {}
            for who, short in people.items()
        },
        "messages": [_message(one, talk, people) for one in turns if talk.question(one)],
    }
    if not is_direct and fields["messages"] and AGENT not in fields["messages"][0]["text"]:
        fields["messages"][0]["text"] = f"{AGENT} {fields['messages'][0]['text']}"
    stand_ins = _stand_ins(step for one in turns for step in one.steps)
    fields |= {"tools": stand_ins} if stand_ins else {}
    return written(fields | {"expect": _expected(turn, reasons)}, _remarks(turn, reasons))


def _people(messages: Iterable[UserMessage], talk: Talk, *, with_names: bool) -> dict[str, str]:
    """A short name for each author, by Slack id."""
    short: dict[str, str] = {}
    for message in messages:
        if message.user in short:
            continue
        name = _NO_LETTERS.sub("-", talk.names.get(message.user, "").lower()).strip("-")[:15] if with_names else ""
        is_good = re.match("[a-z]", name) and name not in short.values() and name != AGENT.removeprefix("@")
        short[message.user] = name if is_good else f"person{len(short) + 1}"
    return short


def _message(turn: HistoricTurn, talk: Talk, people: Mapping[str, str]) -> dict[str, Any]:
    """All that the turn answers, as one message of who has written last."""
    said = talk.question(turn)
    last = said[-1]

    def person(slack_id: str) -> str:
        if slack_id == talk.bot_user_id:
            return AGENT.removeprefix("@")
        return people.get(slack_id, "somebody")

    texts = [
        words(one.text, person) if one.user == last.user else f"@{people[one.user]} says: {words(one.text, person)}"
        for one in said
    ]
    files = [{"name": file.name, "text": UNKNOWN_FILE} for one in said for file in one.files]
    text = "\n".join(filter(str.strip, texts)) or "(no text)"
    return {"by": people[last.user], "text": text, **({"files": files} if files else {}), **_decision(turn)}


def _decision(turn: HistoricTurn) -> dict[str, Any]:
    """What people decided about what the turn asked them; of several decisions, one."""
    asked = [step for step in turn.steps if step.asks_people]
    for step in asked:
        if step.options is not None and step.result is not None:
            return {"choose": str(step.result.get("output", ""))}
    if any(step.has_begun for step in asked):
        return {"approve": True}
    return next(({"reject": step.rejection} for step in asked if step.rejection is not None), {})


def _stand_ins(steps: Iterable[Step]) -> dict[str, list[dict[str, Any]]]:
    """What each tool has answered. If it was called in one way only, every call of it is answered so."""
    by_tool: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        if (
            step.is_refused
            or step.options is not None
            or step.result is None
            or not step.result.keys() & {"output", "error"}
        ):
            continue
        answers = by_tool.setdefault(step.tool, [])
        when = {"when": step.arguments} if step.arguments else {}
        if "error" in step.result:
            answer = {**when, "fails": str(step.result["error"]) or "It failed."}
        else:
            answer = {**when, "returns": step.result["output"]}
        if answer not in answers:
            answers.append(answer)
    return {tool: [_always(one[0])] if len(one) == 1 else one for tool, one in by_tool.items()}


def _always(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "when"}


def _expected(turn: HistoricTurn, reasons: Sequence[str]) -> dict[str, Any]:
    asked = [
        f"Somebody called an earlier answer to this bad, for this reason: “{one_line(reason, LONGEST_REASON)}” "
        "Is the answer free of that?"
        for reason in reasons
    ]
    expected: dict[str, Any] = {"judge": asked or ["Does the answer give what was asked for?"]}
    answer = turn.answer.strip()
    return expected | ({"not_contains": [answer]} if answer and len(answer) <= SHORT_ANSWER else {})


def _remarks(turn: HistoricTurn, reasons: Sequence[str]) -> list[str]:
    because = [f"  because: {one_line(reason, LONGEST_REASON)}" for reason in reasons]
    answer = [f"  {line}" for line in turn.answer.splitlines()]
    return [
        "This answer was called bad:",
        *answer,
        *because,
        "What a good answer has to say is for you to write, under `expect` (docs/evaluations.md).",
    ]
