"""Promises of the choice of an agent: the most exact claim wins, and where two are as exact nobody is guessed."""

from __future__ import annotations

import pytest

from agent_worker.contract.agent_choice import Choice, Place, choose

CLAIMS = {
    "default": [],
    "id": ["C111"],
    "name": ["ops", "ops-2"],
    "glob": ["ops*", "x?z", "[ab]c"],
    "other": ["*-2", "*-3"],
    "direct": ["direct"],
}


@pytest.mark.parametrize(
    ("channel", "name", "choice"),
    [
        ("C111", None, Choice("id")),
        ("C111", "ops", Choice("id")),
        ("C222", "ops", Choice("name")),
        ("C222", "ops-2", Choice("name")),
        ("C222", "ops-1", Choice("glob")),
        ("C222", "ops-3", Choice(rivals=("glob", "other"))),
        ("C222", "xyz", Choice("glob")),
        ("C222", "bc", Choice("glob")),
        ("C222", "general", Choice("default")),
        ("C222", "direct", Choice("default")),
        ("C222", None, Choice(needs_name=True)),
        ("D111", None, Choice("direct")),
        ("D111", "ops", Choice("direct")),
    ],
)
def test_an_id_beats_a_name_and_a_name_beats_a_glob(channel: str, name: str | None, choice: Choice) -> None:
    assert choose(CLAIMS, Place(channel, name)) == choice


def test_an_id_of_direct_messages_beats_all_direct_messages() -> None:
    assert choose({"one": ["D111"], "all": ["direct"]}, Place("D111")) == Choice("one")


def test_where_no_agent_claims_names_no_name_is_needed() -> None:
    assert choose({"default": [], "ops": ["C111", "direct"]}, Place("C222")) == Choice("default")


def test_a_glob_of_names_is_not_about_direct_messages() -> None:
    assert choose({"all": ["*"]}, Place("D111")) == Choice("default")
