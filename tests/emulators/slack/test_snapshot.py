"""The workspace as JSON: what a snapshot keeps, and what older snapshots lack."""

from __future__ import annotations

import json
from typing import Any

from emulators.slack.emulator import SlackEmulator
from emulators.slack.snapshot import restore, take_snapshot
from tests.support.emulators.scene import Scene


async def test_topics_titles_time_zones_and_notices_are_there_again(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben", title="Head of Finance", time_zone="Europe/Berlin")
    money = slack.add_channel("money", members=[ben], topic="Invoices", purpose="To pay")
    slack.set_topic(ben, money, "Taxes")

    restored = _restored(take_snapshot(slack.backend))

    person, channel = restored.backend.workspace.users[ben], restored.backend.workspace.channels[money]
    assert (person.title, person.tz) == ("Head of Finance", "Europe/Berlin")
    assert (channel.topic.value, channel.topic.creator, channel.purpose.value) == ("Taxes", ben, "To pay")
    assert [message.details for message in restored.messages(money)] == [{"topic": "Taxes"}]


async def test_a_snapshot_of_an_older_version_is_read(stage: Scene) -> None:
    stage.ask()
    kept = take_snapshot(stage.slack.backend)
    for user in kept["users"]:
        del user["title"]
    for channel in kept["channels"]:
        del channel["topic"], channel["purpose"]
        for message in channel["messages"]:
            del message["details"]

    restored = _restored(kept)

    assert restored.backend.workspace.users[stage.anna].title == ""
    assert restored.backend.workspace.channels[stage.general].topic.value == ""
    assert [message.text for message in restored.messages(stage.general)] == ["question"]


def _restored(kept: dict[str, Any]) -> SlackEmulator:
    slack = SlackEmulator()
    restore(slack.backend, json.loads(json.dumps(kept)), lambda _: b"")
    return slack
