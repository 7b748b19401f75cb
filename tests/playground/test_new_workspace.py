"""The workspace that a newcomer finds: people, channels, and what was said there in the last days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from playground.new_workspace import populate, write_past

NOON = 1_766_458_000.0  # seconds since 1970


def _filled() -> SlackEmulator:
    slack = SlackEmulator(clock=Clock(running=False, start=NOON))
    populate(slack)
    write_past(slack)
    return slack


def _texts(slack: SlackEmulator, name: str) -> dict[str, str]:
    """The texts of a channel, by their `ts`."""
    (channel,) = [one.id for one in slack.backend.workspace.channels.values() if one.name == name]
    return {message.ts: message.text for message in slack.messages(channel)}


def test_there_is_a_decision_of_yesterday_and_something_about_invoices_to_find() -> None:
    said = _texts(_filled(), "general")
    yesterday = datetime.fromtimestamp(NOON, UTC).date() - timedelta(days=1)

    (decision,) = [ts for ts, text in said.items() if text.startswith("Decided")]
    assert datetime.fromtimestamp(float(decision), UTC).date() == yesterday
    assert len([text for text in said.values() if "nvoices" in text]) == 2


def test_what_is_private_stands_in_the_private_channel_alone() -> None:
    slack = _filled()

    assert [text for text in _texts(slack, "storm-watch").values() if "80,000" in text]
    assert not [text for name in ("general", "random") for text in _texts(slack, name).values() if "80,000" in text]


def test_the_agent_is_told_nothing_of_it() -> None:
    assert _filled().deliveries == []


def test_at_any_hour_the_past_is_over() -> None:
    for hour in range(24):
        slack = SlackEmulator(clock=Clock(running=False, start=NOON + hour * 3_600))
        populate(slack)
        write_past(slack)

        assert _texts(slack, "general")
