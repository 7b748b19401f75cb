"""Conversations of a few words, and what Gemini would say to their transcripts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import settings

from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.transcript.transcript import Transcript
from agent_worker.payloads.model import Content, ToolCall
from emulators.gemini.request import ModelRequest
from emulators.gemini.rules.requests import check_request
from emulators.gemini.rules.turns import check_turns
from emulators.gemini.signatures import Signatures
from tests.support.agent_worker.rehearsal import OPENED
from tests.support.examples import examples

CHANNEL = Thread(team="T1", channel="C1", thread_ts="1.000000")
TERMINAL = Thread(team="", channel="", thread_ts="", surface="terminal")
unhurried = settings(deadline=None, max_examples=examples(30))


def begun(thread: Thread = CHANNEL) -> Conversation:
    conversation = Conversation(thread=thread, transcript=Transcript(epoch="first"))
    conversation.open(OPENED)
    return conversation


def message(ts: str, text: str = "hello", user: str = "U1", *, direct: bool = False) -> UserMessage:
    return UserMessage(ts=ts, user=user, text=text, direct=direct)


def said(text: str) -> Content:
    return {"role": "model", "parts": [{"text": text}]}


def calling(*names: str) -> tuple[Content, list[ToolCall]]:
    """What the model says when it asks for these tools, and the calls that are read from it."""
    parts = [{"functionCall": {"name": name, "args": {}, "id": f"call-{name}"}} for name in names]
    return {"role": "model", "parts": parts}, [ToolCall(name=name, args={}, id=f"call-{name}") for name in names]


def talk(conversation: Conversation, question: str, answer: str, *, tools: int = 0) -> None:
    """One turn: a question, so many tools one after the other, and the answer."""
    conversation.transcript.start_turn()
    conversation.add_messages([message("9.0", question)])
    for _ in range(tools):
        content, calls = calling("look_up")
        conversation.transcript.add_tool_results(content, calls, [{"output": "x"}])
    conversation.transcript.add_answer(said(answer))


def refuse_what_gemini_refuses(entries: Sequence[Content]) -> None:
    """Raises where Gemini would for a next question after these entries; signatures are the adapter's own concern."""
    contents = [*entries, {"role": "user", "parts": [{"text": "and now?"}]}]
    request = ModelRequest(model="m", api_version="v1", streamed=False, body={"contents": contents})
    check_request(request)
    check_turns(request, Signatures())
