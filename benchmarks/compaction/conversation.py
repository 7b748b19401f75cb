"""A conversation as the workflow holds it, without Temporal, Slack and Gemini: what each request would have held.

The transcript, its compaction and the bodies of the requests are the product's own; only the answers are made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from agent_worker.agents.effective import effective
from agent_worker.agents.folder import read_folder
from agent_worker.agents.settings import AgentSettings
from agent_worker.contract.agent_choice import DEFAULT_AGENT
from agent_worker.contract.messages import Thread, UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.model_request import next_request
from agent_worker.conversation.transcript.taken_back import is_question
from agent_worker.conversation.transcript.transcript import Transcript
from agent_worker.conversation.turn.turn import Turn
from agent_worker.conversation.wording import model_form
from agent_worker.gemini.prompts import SUMMARISE, lines_of
from agent_worker.gemini.request import Question, body
from agent_worker.payloads.agent_policy import AgentPolicy
from agent_worker.payloads.model import Content, ToolCall
from agent_worker.payloads.opening import Opened
from agent_worker.payloads.surroundings import Place, Profile
from agent_worker.toolbox.toolbox import Toolbox
from benchmarks.compaction.requests import Request, text_of, tokens_in
from benchmarks.compaction.turns import CHAIN, CHARACTERS_PER_TOKEN, SampleTurn, sample_turn

AGENTS = Path(__file__).parents[2] / "agents"
BEGUN = 1_795_000_000  # the first message, in seconds since 1970
BETWEEN_TURNS = 600  # seconds
PEOPLE = ("U1", "U2", "U3")
SIGNATURE = "c2lnbmF0dXJl" * 20  # with each tool call; the next request carries it back
CALL_TOKENS, THOUGHT_TOKENS = 40, 300  # of one reply of the model
SUMMARY_TOKENS = 1_000  # of the summary's text
USUAL_OUTPUT = 8_192  # tokens; GEMINI_MAX_OUTPUT_TOKENS
POLICY = AgentPolicy(
    gemini_model="gemini-3.8-flash",
    gemini_timeout_seconds=60,
    agent_max_model_calls=12,
    agent_context_tokens=1_000,
    agent_max_app_turns=5,
    agent_max_hourly_turns=60,
    agent_idle_days=7,
    agent_titles="off",
    thread_replies="all",
)


@dataclass(frozen=True)
class Held:
    """`verbatim`: how many earlier turns the model still had word for word, when each turn began."""

    requests: Sequence[Request]
    verbatim: Sequence[int]


def hold(turns: int, context_tokens: int) -> Held:
    """Holds a conversation with the default agent, in a channel."""
    return _Talk(context_tokens).hold(turns)


class _Talk:
    def __init__(self, context_tokens: int) -> None:
        toolbox = Toolbox.discover()
        file = read_folder(AGENTS).agents[DEFAULT_AGENT]
        self._version = effective(file, AgentSettings.model_construct(), toolbox.summaries()).version
        self._declarations = toolbox.declarations(self._version.tools)
        self._policy = POLICY.model_copy(update={"agent_context_tokens": context_tokens})
        self._epochs = map(str, count(1))
        thread = Thread(team="T1", channel="C1", thread_ts=f"{BEGUN}.000000")
        self._conversation = Conversation(thread=thread, transcript=Transcript(epoch="0"))
        self._conversation.open(_opened(self._policy))
        self._requests: list[Request] = []
        self._summaries = 0

    @property
    def _transcript(self) -> Transcript:
        return self._conversation.transcript

    def hold(self, turns: int) -> Held:
        verbatim = []
        for number in range(turns):
            verbatim.append(sum(map(is_question, self._transcript.entries)) - min(self._summaries, 1))
            self._take_turn(number, sample_turn(number))
            self._compact()
        return Held(self._requests, verbatim)

    def _take_turn(self, number: int, sample: SampleTurn) -> None:
        ts = f"{BEGUN + number * BETWEEN_TURNS}.000000"
        message = UserMessage(ts=ts, user=PEOPLE[number % len(PEOPLE)], text=sample.question)
        turn = Turn(messages=[message])
        self._transcript.start_turn()
        self._conversation.add_messages([message])
        for name, result in zip(CHAIN, sample.results, strict=False):
            self._ask(turn, number, CALL_TOKENS)
            call = ToolCall(name=name, args={"channel": f"channel-{number}"}, id=f"{number}-{name}")
            self._transcript.add_tool_results(_calling(call), [call], [result])
        self._ask(turn, number, len(sample.answer) // CHARACTERS_PER_TOKEN)
        self._transcript.add_answer({"role": "model", "parts": [{"text": sample.answer}]})

    def _ask(self, turn: Turn, number: int, answered: int) -> None:
        asked = next_request(self._conversation, turn, self._policy)
        turn.attempts.model_calls += 1
        instructions = f"{self._version.instructions.rstrip()}\n\n{model_form.EXPLAINED}"
        question = Question(asked.model, instructions, self._transcript.entries, self._declarations)
        pieces = text_of(body(question, USUAL_OUTPUT))
        self._requests.append(Request(number, pieces, answered, THOUGHT_TOKENS))
        self._transcript.confirm(asked.known + len(asked.new), tokens_in(pieces))

    def _compact(self) -> None:
        """What `workflow/compaction.py` does between two turns."""
        if not self._transcript.is_too_long(self._policy.agent_context_tokens) or (cut := self._transcript.cut()) == 0:
            return
        self._summaries += 1
        said = "\n".join(lines_of(self._transcript.entries[:cut]))
        self._requests.append(Request(None, (SUMMARISE, said), SUMMARY_TOKENS, THOUGHT_TOKENS))
        summary = f"Summary {self._summaries}: " + "what was said " * (SUMMARY_TOKENS * CHARACTERS_PER_TOKEN // 14)
        self._transcript.replace_older(cut, summary, next(self._epochs))


def _opened(policy: AgentPolicy) -> Opened:
    profiles = {
        user: Profile(full_name=f"Person {user}", title="Engineer", time_zone="Europe/Berlin") for user in PEOPLE
    }
    return Opened(
        policy=policy,
        bot_user_id="UBOT",
        greeting="Hello!",
        names={user: f"person {user}" for user in PEOPLE},
        profiles=profiles,
        place=Place(channel="C1", kind="public channel", name="billing", purpose="All about billing"),
        tells_surroundings=True,
        agent=DEFAULT_AGENT,
    )


def _calling(call: ToolCall) -> Content:
    part: dict[str, Any] = {"functionCall": {"name": call.name, "args": call.args, "id": call.id}}
    return {"role": "model", "parts": [{**part, "thoughtSignature": SIGNATURE}]}
