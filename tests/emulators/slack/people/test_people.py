"""Who people are to the app: guests, people from other workspaces, people who have left."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, heard

ELSEWHERE = "T0ELSEWHERE"


async def _info(stage: Scene, user: str) -> dict[str, Any]:
    described: dict[str, Any] = (await stage.client.users_info(user=user))["user"]
    return described


async def test_a_guest_is_restricted_and_one_of_a_single_channel_even_more(stage: Scene) -> None:
    guest = stage.slack.add_user("gus", is_guest=True)
    single = stage.slack.add_user("sam", is_single_channel_guest=True)

    flags = [
        (user["is_restricted"], user["is_ultra_restricted"])
        for user in [await _info(stage, person) for person in (stage.anna, guest, single)]
    ]

    assert flags == [(False, False), (True, False), (True, True)]


async def test_somebody_from_elsewhere_is_a_stranger_until_a_channel_is_shared_with_the_app(stage: Scene) -> None:
    sven = stage.slack.add_user("sven", team_id=ELSEWHERE)
    before = await _info(stage, sven)

    stage.slack.add_channel("partners", members=[sven], is_shared=True)
    after = await _info(stage, sven)

    assert (before["team_id"], before["is_stranger"], after["is_stranger"]) == (ELSEWHERE, True, False)
    assert "is_stranger" not in await _info(stage, stage.anna)


async def test_a_message_from_another_workspace_says_where_it_is_from(stage: Scene) -> None:
    slack = stage.slack
    sven = slack.add_user("sven", real_name="Sven Lund", team_id=ELSEWHERE)
    partners = slack.add_channel("partners", members=[stage.anna, sven], is_shared=True)
    slack.say(sven, partners, "hej")

    (body,) = await heard(stage)
    event = body["event"]

    assert (event["team"], event["user_team"], event["source_team"]) == (ELSEWHERE,) * 3
    assert (event["user_profile"]["real_name"], event["user_profile"]["team"]) == ("Sven Lund", ELSEWHERE)
    assert (body["is_ext_shared_channel"], body["team_id"]) == (True, ELSEWHERE)
    assert body["authorizations"][0]["team_id"] == body["context_team_id"] == slack.team_id


async def test_a_colleagues_message_in_a_shared_channel_is_marked_by_its_envelope_alone(stage: Scene) -> None:
    partners = stage.slack.add_channel("partners", is_shared=True)
    stage.slack.say(stage.anna, partners, "hello")

    (body,) = await heard(stage)
    info = (await stage.client.conversations_info(channel=partners))["channel"]

    assert (body["is_ext_shared_channel"], body["team_id"]) == (True, stage.slack.team_id)
    assert not body["event"].keys() & {"user_team", "source_team", "user_profile"}
    assert (info["is_shared"], info["is_ext_shared"]) == (True, True)


async def test_people_from_other_workspaces_are_in_shared_channels_only(stage: Scene) -> None:
    slack = stage.slack
    sven = slack.add_user("sven", team_id=ELSEWHERE)

    with pytest.raises(ValueError, match="not shared"):
        slack.add_channel("secrets", members=[sven])
    with pytest.raises(ValueError, match="not shared"):
        slack.say(sven, stage.general, "hello")
    with pytest.raises(ValueError, match="not shared"):
        slack.join(sven, stage.general)
    assert slack.say(sven, slack.open_dm(sven), "a direct message is fine")


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

    assert (await _info(stage, stage.anna))["deleted"] is True
    assert [message.text for message in slack.messages(stage.general)] == ["goodbye"]
