"""A conversation in which the agent asks people something, as the tests of questions need it."""

from __future__ import annotations

import time
from typing import Any

from agent_worker.contract.questions import ANSWER_QUESTION, CHECK_ANSWER, Answer, AnswerCheck, Checked
from agent_worker.payloads.decisions import DECISIONS
from agent_worker.payloads.model import ModelReply, ToolCall
from agent_worker.payloads.questions import Approval, Approvers, CardItem, Choice, QuestionCard
from emulators.gemini.signatures import DUMMY
from tests.support.agent_worker.rehearsal import Rehearsal, Talk
from tests.support.slackbot.conversations import eventually

SCHEMA = {
    "type": "object",
    "properties": {"title": {"type": "string", "maxLength": 20}, "urgent": {"type": "boolean"}},
    "required": ["title"],
    "additionalProperties": False,
}


def filing(*titles: str, rule: Approvers | None = None, beside: tuple[str, ...] = ()) -> ModelReply:
    """The model wants to file a ticket for each title; `beside` are tools that nobody is asked about."""
    asked = [
        ToolCall(
            name="file",
            args={"title": title},
            id=f"{at}",
            title="Filing",
            approval=Approval(does=f"File {title}", verb="File", parameters=SCHEMA, approvers=rule or Approvers()),
        )
        for at, title in enumerate(titles)
    ]
    return reply(*asked, *(ToolCall(name=name, args={}, id=name, title=name) for name in beside))


def wondering(asks: str, *options: str) -> ModelReply:
    choice = Choice(asks=asks, options=list(options))
    return reply(ToolCall(name="ask_person", args={}, id="0", title="Asking", choice=choice))


def reply(*asked: ToolCall) -> ModelReply:
    """The model calls these tools."""
    parts: list[dict[str, Any]] = [
        {"functionCall": {"name": call.name, "args": call.args, "id": call.id}} for call in asked
    ]
    parts[0]["thoughtSignature"] = DUMMY
    return ModelReply(content={"role": "model", "parts": parts}, calls=list(asked), prompt_tokens=10)


async def asked(rehearsal: Rehearsal, first: ModelReply, *then: Any, at: str = "1.0") -> Talk:
    """A conversation in which the agent has just asked."""
    rehearsal.cast.answers += [first, *then]
    talk = rehearsal.conversation()
    await talk.say(at, "file it please")
    await rehearsal.until(lambda: rehearsal.cast.cards)
    await eventually(lambda: nothing_is_under_way(talk))
    return talk


async def nothing_is_under_way(talk: Talk) -> bool:
    described = (await talk.handle.describe()).raw_description
    return not (described.pending_activities or described.HasField("pending_workflow_task"))


def card(rehearsal: Rehearsal) -> QuestionCard:
    return rehearsal.cast.cards[-1].card


def item(rehearsal: Rehearsal, at: int = 0) -> CardItem:
    return card(rehearsal).items[at]


def an_answer(rehearsal: Rehearsal, decision: Any = "approve", user: str = "U1", **more: Any) -> Answer:
    shown = card(rehearsal)
    given: dict[str, Any] = {"id": f"{user}:{decision}:{len(rehearsal.cast.cards)}", "version": shown.version} | more
    return Answer(question=shown.question, user=user, at="5.0", decision=decision, **given)


async def give(talk: Talk, answer: Answer) -> str:
    """Hands the answer over as the bot does; returns what the person is told: the refusal, if it is refused."""
    check = AnswerCheck(answer=answer, now=time.time())
    checked: Checked = await talk.handle.query(CHECK_ANSWER, check, result_type=Checked)
    if not checked.refusal:
        await talk.signal(ANSWER_QUESTION, answer)
        await talk.handle.query(DECISIONS)  # a query sees all that was signalled before
    return checked.refusal or checked.told


def results(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The results of tool calls that the last model call was given."""
    parts = [part for content in rehearsal.cast.read[-1] for part in content["parts"]]
    return [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]


async def has_no_task(talk: Talk) -> bool:
    return not (await talk.handle.describe()).raw_description.HasField("pending_workflow_task")
