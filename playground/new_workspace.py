"""The people and channels of a new workspace in the playground, and what people have said there in the last days."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from emulators.slack.emulator import SlackEmulator

HOME = "Europe/Berlin"

# Who wrote when, and what: so many days ago, at the time in HOME. What is indented answers the message above it.
GENERAL = """
3 09:12 anna: From now on invoices go to invoices@example.com and not to me. Above 5,000 euros I sign them first.
    3 09:20 ben: The hosting bill is 5,400 this month. Does that count?
    3 09:31 anna: It does. Send it to me, and I will sign it today.
2 15:40 ben: The new scanner in the warehouse reads delivery notes now. Invoices it still takes as PDF only.
1 10:05 ben: When do we switch the warehouse to the new labels: this week, or after the stocktaking?
    1 10:11 anna: After it, please. If the numbers move while we count, I have to begin again.
    1 10:18 ben: Then on Monday at eight, before the first truck leaves.
    1 10:24 anna: Decided: new labels from Monday at eight. Ben prints them, I tell the drivers.
1 16:30 anna: Travel expenses of last month are due on the 5th. Late ones have to wait a month.
"""
STORM_WATCH = """
1 17:05 anna: Please keep this here: if the storm hits the depot, the insurance pays 80,000 euros and not more.
"""


def populate(slack: SlackEmulator) -> None:
    """Adds four people, one of them a guest, a few channels, and each person's direct messages with the agent."""
    you = slack.add_user("you", real_name="You", time_zone=HOME)
    anna = slack.add_user("anna", "Anna Berg", "Anna", title="Head of Finance", time_zone=HOME)
    ben = slack.add_user("ben", "Ben Lee", "Ben", title="Warehouse and IT", time_zone="America/New_York")
    guest = slack.add_user(
        "gaia", "Gaia Rossi", "Gaia (guest)", is_guest=True, title="Translator", time_zone="Europe/Rome"
    )
    slack.add_channel(
        "general",
        members=[you, anna, ben, guest],
        topic="What everybody should know",
        purpose="News and decisions for the whole company. What was decided is written down here.",
    )
    slack.add_channel("random", members=[you, anna, ben], purpose="Everything else.")
    slack.add_channel(
        "storm-watch",
        members=[you, anna],
        is_private=True,
        topic="Trucks and weather",
        purpose="What to do about the depot and the trucks when a storm comes.",
    )
    for person in (you, anna, ben, guest):
        slack.open_dm(person)


def write_past(slack: SlackEmulator) -> None:
    """Adds what Anna and Ben have said in the last days. The agent is not told of it, and can only look it up."""
    workspace = slack.backend.workspace
    people = {user.name: user.id for user in workspace.users.values()}
    channels = {channel.name: channel.id for channel in workspace.channels.values()}
    for name, said in (("general", GENERAL), ("storm-watch", STORM_WATCH)):
        root = ""
        for line in said.strip().splitlines():
            head, _, text = line.strip().partition(": ")
            days, clock, author = head.split()
            at = _moment(slack.clock.now(), int(days), clock)
            is_reply = line.startswith(" ")
            ts = slack.say_earlier(people[author], channels[name], text, at=at, thread_ts=root if is_reply else None)
            root = root if is_reply else ts


def _moment(now: float, days: int, clock: str) -> float:
    """A time of day so many days ago, in seconds since 1970."""
    home = ZoneInfo(HOME)
    day = datetime.fromtimestamp(now, home).date() - timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), home).timestamp()
