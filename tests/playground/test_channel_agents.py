"""Promises of the playground's channels: each that an agent names is there, and nothing else is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulators.slack.emulator import SlackEmulator
from playground.channel_agents import ChannelAgents
from playground.page.surroundings import Surroundings
from tests.support.agent_worker.agents import write


def names(slack: SlackEmulator) -> list[str]:
    return [channel.name for channel in slack.backend.workspace.channels.values()]


@pytest.fixture
def slack() -> SlackEmulator:
    slack = SlackEmulator()
    slack.add_user("anna")
    slack.add_channel("general")
    return slack


def test_only_plain_names_of_channels_that_are_missing_become_channels(slack: SlackEmulator, tmp_path: Path) -> None:
    write(tmp_path, "default", "channels: [direct, C0123ABCD, 'ops-*', '#library', general]")
    around = Surroundings()

    ChannelAgents(slack, around, tmp_path).look()

    assert names(slack) == ["general", "library"]
    assert list(around.agents) == ["default"]


def test_a_channel_is_added_once(slack: SlackEmulator, tmp_path: Path) -> None:
    write(tmp_path, "default", "channels: [library]")

    for _ in range(2):  # as after a restart, with the workspace that was kept
        ChannelAgents(slack, Surroundings(), tmp_path).look()

    assert names(slack) == ["general", "library"]


def test_a_folder_with_a_bad_file_adds_nothing(slack: SlackEmulator, tmp_path: Path) -> None:
    write(tmp_path, "default", "channels: [library]")
    write(tmp_path, "bad", "modle: x")

    ChannelAgents(slack, Surroundings(), tmp_path).look()

    assert names(slack) == ["general"]
