"""People and channels as users.info and conversations.info show them."""

from __future__ import annotations

from typing import Any

from tests.support.emulators.scene import Scene

ELSEWHERE = "T0ELSEWHERE"


async def _info(stage: Scene, user: str) -> dict[str, Any]:
    described: dict[str, Any] = (await stage.client.users_info(user=user))["user"]
    return described


async def test_guests_are_restricted_and_single_channel_guests_ultra_restricted(stage: Scene) -> None:
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


async def test_channels_describe_themselves(stage: Scene) -> None:
    dm = stage.slack.open_dm(stage.anna)

    general = (await stage.client.conversations_info(channel=stage.general))["channel"]
    direct = (await stage.client.conversations_info(channel=dm))["channel"]

    assert (general["name"], general["is_member"], general["is_private"]) == ("general", True, False)
    assert (direct["is_im"], direct["user"]) == (True, stage.anna)
