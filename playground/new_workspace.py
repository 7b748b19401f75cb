"""The people and channels of a new workspace in the playground."""

from __future__ import annotations

from emulators.slack.emulator import SlackEmulator


def populate(slack: SlackEmulator) -> None:
    """Adds four people, one of them a guest, a few channels, and each person's direct messages with the agent."""
    you = slack.add_user("you", real_name="You")
    anna = slack.add_user("anna", real_name="Anna Berg", display_name="Anna")
    ben = slack.add_user("ben", real_name="Ben Lee", display_name="Ben")
    guest = slack.add_user("gaia", real_name="Gaia Rossi", display_name="Gaia (guest)", is_guest=True)
    slack.add_channel("general", members=[you, anna, ben, guest])
    slack.add_channel("random", members=[you, anna, ben])
    slack.add_channel("storm-watch", members=[you, anna], is_private=True)
    for person in (you, anna, ben, guest):
        slack.open_dm(person)
