"""What each person may see and do."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene


async def test_people_can_do_only_what_slack_lets_them_do(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[ben], is_private=True)
    root = slack.say(stage.anna, stage.general, "root")
    reply = slack.say(stage.anna, stage.general, "reply", thread_ts=root)

    with pytest.raises(ValueError, match="not a member"):
        slack.say(stage.anna, secret, "hello")
    with pytest.raises(ValueError, match="no such user"):
        slack.say("U-nobody", stage.general, "hello")
    with pytest.raises(ValueError, match="not the first message"):
        slack.say(stage.anna, stage.general, "a thread in a thread", thread_ts=reply)
    with pytest.raises(ValueError, match="no message"):
        slack.edit(stage.general, "1.000000", "changed")
    with pytest.raises(ValueError, match="direct messages"):
        slack.join(ben, slack.open_dm(stage.anna))


async def test_guests_write_only_where_they_were_invited(stage: Scene) -> None:
    slack = stage.slack
    guest = slack.add_user("gus", is_guest=True)

    slack.say(guest, slack.add_channel("visitors", members=[guest]), "hello")

    for channel in (stage.general, slack.add_channel("everybody")):
        with pytest.raises(ValueError, match="not a member"):
            slack.say(guest, channel, "hello")


async def test_somebody_who_has_left_does_nothing_more(stage: Scene) -> None:
    slack = stage.slack
    slack.say(stage.anna, stage.general, "goodbye")
    slack.deactivate(stage.anna)

    with pytest.raises(ValueError, match="deactivated"):
        slack.say(stage.anna, stage.general, "still here?")

    assert (await stage.client.users_info(user=stage.anna))["user"]["deleted"] is True
    assert [message.text for message in slack.messages(stage.general)] == ["goodbye"]
