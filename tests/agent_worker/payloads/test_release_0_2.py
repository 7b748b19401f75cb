"""Promises to conversations that release 0.2 has begun: what it wrote is read as what is written now."""

from __future__ import annotations

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.conversation.participants import Verdict
from agent_worker.conversation.workflow_run import Run
from agent_worker.payloads.opening import Opened

WRITTEN = {  # by release 0.2
    "model": "gemini-3.8-flash",
    "bot_user_id": "UBOT",
    "greeting": "Hello!",
    "max_model_calls": 12,
    "model_seconds": 60.0,
    "idle_seconds": 604_800.0,
    "context_tokens": 200_000,
    "max_app_turns": 4,
    "max_hourly_turns": 50,
    "names": {"U1": "anna"},
    "thread_replies": "auto",
    "names_conversations": True,
    "tools_show_steps": True,
}


def test_its_opening_is_read_as_a_policy() -> None:
    opened = Opened.model_validate(WRITTEN)

    assert opened.policy.model_dump() == {
        "gemini_model": "gemini-3.8-flash",
        "gemini_timeout_seconds": 60.0,
        "agent_max_model_calls": 12,
        "agent_context_tokens": 200_000,
        "agent_max_app_turns": 4,
        "agent_max_hourly_turns": 50,
        "agent_idle_days": 7.0,
        "agent_titles": "model",
        "thread_replies": "auto",
    }
    assert opened.names == {"U1": "anna"}


def test_fields_that_it_left_out_have_the_defaults_that_they_had() -> None:
    optional = {"max_app_turns", "max_hourly_turns", "thread_replies", "names_conversations"}

    policy = Opened.model_validate({name: value for name, value in WRITTEN.items() if name not in optional}).policy

    assert (policy.agent_max_app_turns, policy.agent_max_hourly_turns) == (5, 60)
    assert (policy.thread_replies, policy.agent_titles) == ("all", "off")


async def test_what_its_runs_carry_over_is_read_into_the_parts_of_a_conversation() -> None:
    carried = {
        "inbox": [{"ts": "1.1", "user": "U1", "text": "hi"}],
        "waiting": 4,
        "seen": ["1.0", "1.1"],
        "ahead": [],
        "stopped_at": 1.5,
        "again": None,
        "people": {"thread_replies": "auto", "spoken": ["U1"], "told": ["U9"], "refused": {"U9": "No."}},
        "thread": {"team": "T1", "channel": "C1", "thread_ts": "1.0"},
        "epoch": "first",
        "model": "gemini-3.8-flash",
        "entries": [{"role": "user", "parts": [{"text": "hello"}]}],
        "size": 41,
        "governor": {"turns": [1.0], "app_turns": 2, "has_said_so": False},
        "poisoned_turns": 1,
        "confirmed": 1,
        "title": "Herons",
    }
    written = {"thread": carried["thread"], "carried": carried}

    (run,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([written]), [Run])

    conversation = run.carried
    assert (conversation.title, conversation.model) == ("Herons", "gemini-3.8-flash")
    assert (conversation.transcript.epoch, conversation.transcript.confirmed) == ("first", 1)
    assert conversation.transcript.poisoned_turns == 1
    assert [message.text for message in conversation.inbox.messages] == ["hi"]
    assert (conversation.inbox.seen, conversation.inbox.stopped_at) == (["1.0", "1.1"], 1.5)
    assert (conversation.participants.spoken, conversation.participants.told) == (["U1"], ["U9"])
    assert (conversation.limits.turns, conversation.limits.app_turns) == ([1.0], 2)
    assert conversation.participants.verdicts == {"U9": Verdict("No.", at=0.0)}


async def test_refusals_in_a_run_that_was_carried_over_later_are_read_as_verdicts_that_are_not_fresh() -> None:
    thread = {"team": "T1", "channel": "C1", "thread_ts": "1.0"}
    participants = {"spoken": ["U1"], "told": ["U9"], "refused": {"U9": "No."}, "refused_here": "Not here."}
    carried = {"thread": thread, "transcript": {"epoch": "first"}, "participants": participants}

    (run,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([{"thread": thread, "carried": carried}]), [Run])

    read = run.carried.participants
    assert (read.spoken, read.told) == (["U1"], ["U9"])
    assert (read.verdicts, read.here) == ({"U9": Verdict("No.", at=0.0)}, Verdict("Not here.", at=0.0))
