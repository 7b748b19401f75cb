"""Promises to conversations that release 0.2 has begun: what it wrote is read as what is written now."""

from __future__ import annotations

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
