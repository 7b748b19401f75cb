"""Promises of the greeting."""

from __future__ import annotations

from agent_worker.agents.effective import greeting


def test_it_lists_what_the_agent_can_look_up() -> None:
    said = greeting(["weather alerts", "where an address is"])

    assert said.endswith("I can help with:\n- weather alerts\n- where an address is")


def test_an_agent_without_tools_promises_nothing_to_look_up() -> None:
    said = greeting([])

    assert said.startswith("Hello!")
    assert "look up" not in said


def test_a_summary_from_outside_makes_no_link_in_the_agents_own_words() -> None:
    assert greeting(["[Log in](https://evil.example)"]).endswith(r"- \[Log in\](https://evil.example)")
