"""Conversations in which people were asked about a call and have decided."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.questions import ANSWER_QUESTION, Answer
from agent_worker.payloads.decisions import DECISIONS, DecisionLog
from agent_worker.payloads.model import ModelReply, ToolCall
from agent_worker.payloads.questions import Approval, Approvers, Choice
from emulators.gemini.signatures import DUMMY
from tests.support.agent_worker.rehearsal import Rehearsal, Talk, text
from tests.support.slackbot.conversations import eventually


def filing(*titles: str, rule: Approvers | None = None, **more: Any) -> ModelReply:
    """The model wants to file a ticket for each title; `more` are other arguments of all of them."""
    approval = Approval(does="File it", verb="File", approvers=rule or Approvers())
    calls = [
        ToolCall(name="file", args={"title": title} | more, id=str(at), title="Filing", approval=approval)
        for at, title in enumerate(titles)
    ]
    return _reply(calls)


def wondering(asks: str, *options: str) -> ModelReply:
    choice = Choice(asks=asks, options=list(options))
    return _reply([ToolCall(name="ask_person", args={}, id="0", title="Asking", choice=choice)])


def _reply(calls: list[ToolCall]) -> ModelReply:
    parts: list[dict[str, Any]] = [
        {"functionCall": {"name": call.name, "args": call.args, "id": call.id}} for call in calls
    ]
    parts[0]["thoughtSignature"] = DUMMY
    return ModelReply(content={"role": "model", "parts": parts}, calls=calls, prompt_tokens=10)


async def ask(rehearsal: Rehearsal, reply: ModelReply, talk: Talk | None = None, at: str = "1.0") -> Talk:
    """Asks people what the reply wants; returns once they can answer."""
    rehearsal.cast.answers += [reply, text("Then this is so.")]
    shown = len(rehearsal.cast.cards)
    talk = talk or rehearsal.conversation(at)
    await talk.say(at, "please")
    await rehearsal.until(lambda: len(rehearsal.cast.cards) > shown)
    await eventually(lambda: _is_at_rest(talk))
    return talk


async def _is_at_rest(talk: Talk) -> bool:
    described = (await talk.handle.describe()).raw_description
    return not (described.pending_activities or described.HasField("pending_workflow_task"))


async def decide(rehearsal: Rehearsal, talk: Talk, decision: Any = "approve", user: str = "U1", **more: Any) -> None:
    """Answers the newest question, and waits for what the agent says to that."""
    shown = rehearsal.cast.cards[-1].card
    said = len(talk.answers)
    given = {"id": f"{shown.question}:{user}:{decision}", "version": shown.version} | more
    answer = Answer(question=shown.question, user=user, at="5.0", decision=decision, **given)
    await talk.signal(ANSWER_QUESTION, answer)
    await talk.answered(said + 1)


async def decided(rehearsal: Rehearsal, title: str = "A", decision: Any = "approve", at: str = "1.0") -> Talk:
    """A conversation in which one call was asked about and decided."""
    talk = await ask(rehearsal, filing(title), at=at)
    await decide(rehearsal, talk, decision)
    return talk


async def log(talk: Talk) -> DecisionLog:
    told: DecisionLog = await talk.handle.query(DECISIONS, result_type=DecisionLog)
    return told
