"""Promises of a conversation to its agent: it keeps it, and each turn goes by one version of it."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.messages import Start
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.transcript.transcript import Transcript
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads import errors
from agent_worker.payloads.agent_version import AGENT_VERSION, AgentVersion
from agent_worker.payloads.model import ModelReply
from agent_worker.payloads.opening import Before
from tests.support.agent_worker.rehearsal import POLICY, Rehearsal, calls, text

FIELDS: dict[str, Any] = {
    "agent": "ops",
    "model": "gemini-4-argon",
    "instructions": "You run things.",
    "tools": ["look_up"],
    "max_model_calls": 3,
    "context_tokens": 100_000,
    "thread_replies": "all",
    "greeting": "I run things.",
}
FIRST = AgentVersion.of(**FIELDS)
SECOND = AgentVersion.of(**{**FIELDS, "model": "gemini-4-carbon", "greeting": "I still run things."})


def by(version: AgentVersion, reply: ModelReply, *, brings: bool = True) -> ModelReply:
    told = {"version": version} if brings else {}
    return reply.model_copy(update={"digest": version.digest, **told})


async def test_a_turn_goes_by_the_version_that_its_first_reply_brings(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent="ops") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [by(FIRST, calls("look_up")), by(FIRST, text("One."), brings=False), by(SECOND, text("Two."))]

        await talk.ask("1.0")
        await talk.ask("2.0")
        await talk.ask("3.0")

        carried = [(one.agent, one.version, one.known_version, one.model) for one in cast.asked]
        assert carried == [
            ("ops", "", "", "gemini-3.8-flash"),
            ("ops", FIRST.digest, FIRST.digest, "gemini-4-argon"),
            ("ops", "", FIRST.digest, "gemini-4-argon"),
            ("ops", "", SECOND.digest, "gemini-4-carbon"),
        ]
        assert [(run.agent, run.version) for run in cast.tool_runs] == [("ops", FIRST.digest)]
        assert await talk.handle.query(AGENT_VERSION, result_type=AgentVersion) == SECOND
        assert cast.opens[0].agent == ""


async def test_a_conversation_that_is_open_goes_by_the_limit_of_its_agents_new_version(temporal_address: str) -> None:
    large = AgentVersion.of(**{**FIELDS, "context_tokens": 200_000})
    small = AgentVersion.of(**{**FIELDS, "context_tokens": 64_000})
    async with Rehearsal(temporal_address, agent="ops", agent_context_tokens=200_000) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [by(large, text(said, tokens=150_000)) for said in ("One.", "Two.")]
        cast.answers += [by(small, text("Three.", tokens=150_000)), by(small, text("Four.", tokens=40_000))]

        said = [await talk.ask(f"{number}.0") for number in range(1, 5)]
        before, after = cast.read[2], cast.read[3]

    assert said == ["One.", "Two.", "Three.", "Four."]
    assert [one.end for one in cast.summarised] == [4]
    assert len(before) == 5
    assert [cast.summary in str(entry) for entry in after] == [True, False, False, False]
    assert "Three." in str(after[2])


async def test_the_signatures_of_a_model_go_with_it(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent="ops") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        signed = text("One.")
        assert signed.content is not None
        signed.content["parts"][0]["thoughtSignature"] = "b2xkIG1vZGVs"
        cast.answers += [by(FIRST, signed), by(SECOND, text("Two.")), by(SECOND, text("Three."))]

        for ts in ("1.0", "2.0", "3.0"):
            await talk.ask(ts)

        def signatures(number: int) -> list[str]:
            parts = [part for entry in cast.read[number] for part in entry["parts"]]
            return [part["thoughtSignature"] for part in parts if "thoughtSignature" in part]

        assert [signatures(number) for number in range(3)] == [[], ["b2xkIG1vZGVs"], []]


async def test_the_last_call_that_the_version_allows_is_without_tools(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent="ops") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [by(FIRST, calls("look_up")), by(FIRST, calls("look_up")), by(FIRST, text("Enough."))]

        assert await talk.ask("1.0") == "Enough."

        assert [one.may_call_tools for one in cast.asked] == [True, True, False]


async def test_a_bare_mention_is_greeted_by_the_newest_version_that_the_conversation_knows(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, agent="ops", greeting="Hello from the opening.") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [by(SECOND, text("Yes."))]

        said = [await talk.ask("1.0", ""), await talk.ask("2.0"), await talk.ask("3.0", "")]

        assert said == ["Hello from the opening.", "Yes.", "I still run things."]


@pytest.mark.parametrize("code", [errors.AGENT_GONE, errors.AGENT_UNCLEAR, errors.CHANNEL_UNNAMED])
async def test_without_an_agent_the_thread_is_told_why_and_the_next_turn_asks_again(
    temporal_address: str, code: str
) -> None:
    async with Rehearsal(temporal_address, no_agent=code) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast

        assert await talk.ask("1.0") == errors.sentence(code)
        cast.learn(no_agent="", agent="ops")
        assert await talk.ask("2.0") == "yes"

        assert [one.agent for one in cast.asked] == ["ops"]
        assert len(cast.opens) == 2


async def test_what_a_thread_said_before_is_read_again_once_there_is_an_agent(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, no_agent=errors.AGENT_UNCLEAR) as rehearsal:
        talk, cast = rehearsal.conversation("1.0"), rehearsal.cast
        cast.learn(before=[Before(ts="1.0", line="before: 1")])
        await talk.ask("2.0")

        cast.learn(no_agent="", agent="ops", before=[Before(ts="1.0", line="before: 1"), Before(ts="2.0", line="2")])
        await talk.ask("3.0")
        await talk.ask("4.0")

        assert [one.earlier_than for one in cast.opens] == ["2.0", "3.0"]
        assert [str(entries).count("before: 1") for entries in cast.read] == [1, 1]


async def test_whom_the_agent_may_not_answer_leaves_nothing_behind_that_keeps_it_from_others(
    temporal_address: str,
) -> None:
    async with Rehearsal(temporal_address, no_agent=errors.CHANNEL_UNNAMED) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.learn(refused={"U9": "Guests may not talk to me."}, judged=["U9"])
        await talk.say("1.0", "hello", user="U9")
        await rehearsal.until(lambda: bool(cast.told))

        cast.learn(no_agent="", agent="ops", refused={}, judged=["U1"])

        assert await talk.ask("2.0") == "yes"


async def test_an_agent_that_is_gone_ends_the_turn_and_not_the_conversation(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent="ops") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [ModelReply(failed=errors.AGENT_GONE), text("Back.")]

        assert await talk.ask("1.0") == errors.sentence(errors.AGENT_GONE)
        cast.learn(agent="another")
        assert await talk.ask("2.0") == "Back."

        assert [one.agent for one in cast.asked] == ["ops", "ops"]
        assert cast.opens[1].agent == "ops"


async def test_a_run_that_goes_on_has_its_agent_and_the_version_from_the_run_before(temporal_address: str) -> None:
    async with Rehearsal(temporal_address, agent="another") as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        carried = Conversation(thread=talk.thread, transcript=Transcript(epoch="e"), agent="ops", version=FIRST)

        await talk.say("1.0", run=Run(thread=talk.thread, carried=carried))
        await talk.answered()

        assert [(one.agent, one.known_version) for one in cast.asked] == [("ops", FIRST.digest)]
        assert cast.opens[0].agent == "ops"


async def test_a_worker_of_a_release_without_agents_is_understood(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk, cast = rehearsal.conversation(), rehearsal.cast
        cast.answers += [calls("look_up"), text("One.")]

        assert await talk.ask("1.0") == "One."

        assert {(one.agent, one.version, one.known_version) for one in cast.asked} == {("", "", "")}
        assert [(run.agent, run.version) for run in cast.tool_runs] == [("", "")]


def test_a_conversation_goes_by_its_version_in_the_place_of_the_settings() -> None:
    thread = Start.model_validate({"thread": {"team": "T", "channel": "C", "thread_ts": "1.0"}}).thread
    conversation = Conversation(thread=thread, transcript=Transcript(epoch="e"))
    assert conversation.policy(POLICY) == POLICY

    conversation.take_version(FIRST, "f")

    assert conversation.policy(POLICY).agent_max_model_calls == 3
    assert (conversation.participants.thread_replies, conversation.model) == ("all", "gemini-4-argon")
