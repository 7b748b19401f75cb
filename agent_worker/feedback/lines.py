"""A judgement as JSON: who thinks what of which answer, what was asked, and what the agent did. Pure."""

from __future__ import annotations

from typing import Any

from agent_worker.contract.messages import UserMessage
from agent_worker.feedback.judgements import Judgement
from agent_worker.feedback.words import words
from agent_worker.turn_history import Talk


def line(judgement: Judgement, *, with_names: bool) -> dict[str, Any]:
    """The fields of one line. Without `with_names`, people are their Slack ids.

    `question`, `answer`, `steps` and `agent` are None if Temporal does not have the turn's history any more,
    or if people have deleted what they asked.
    """
    thread, feedback, talk, turn = judgement.thread, judgement.feedback, judgement.talk, judgement.turn
    known = {} if turn is None else {"name": turn.agent, "version": turn.version, "model": turn.model}
    return {
        **thread.model_dump(include={"team", "channel", "thread_ts"}),
        **feedback.model_dump(include={"turn", "user", "value", "at", "reason"}),
        **({"name": talk.names.get(feedback.user, "")} if with_names else {}),
        "question": None if turn is None else [_said(one, talk, with_names) for one in talk.question(turn)],
        "answer": None if turn is None else turn.answer,
        "steps": None
        if turn is None
        else [{"tool": step.tool, "arguments": step.arguments, "result": step.result} for step in turn.steps],
        "agent": known or None,
    }


def _said(message: UserMessage, talk: Talk, with_names: bool) -> dict[str, Any]:  # noqa: FBT001  as in `line`
    def person(slack_id: str) -> str:
        if slack_id == talk.bot_user_id:
            return "agent"
        return talk.names.get(slack_id, slack_id) if with_names else slack_id

    return {
        "ts": message.ts,
        "user": message.user,
        **({"name": talk.names.get(message.user, "")} if with_names else {}),
        "text": words(message.text, person),
        "files": [file.name for file in message.files],
    }
