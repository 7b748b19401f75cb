"""Looking people up."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene, refusal


async def test_people_and_the_bot_can_be_looked_up(stage: Scene) -> None:
    anna = (await stage.client.users_info(user=stage.anna))["user"]
    bot = (await stage.client.users_info(user=stage.slack.bot_user_id))["user"]

    assert (anna["name"], anna["profile"]["real_name"], anna["is_bot"]) == ("anna", "Anna Berg", False)
    assert (bot["is_bot"], bot["profile"]["bot_id"]) == (True, stage.slack.bot_id)
    assert (await refusal(stage.client.users_info(user="U-nobody")))["error"] == "user_not_found"


async def test_everybody_of_the_workspace_is_listed_also_apps_and_those_who_have_left(stage: Scene) -> None:
    slack = stage.slack
    ben = slack.add_user("ben", title="Head of Finance", time_zone="Asia/Kolkata")
    slack.deactivate(ben)
    slack.add_user("sven", team_id="T0ELSEWHERE")

    answer = await stage.client.users_list()

    assert [one["id"] for one in answer["members"]] == [slack.bot_user_id, stage.anna, ben]
    assert [one["deleted"] for one in answer["members"]] == [False, False, True]
    assert answer["members"][2] == (await stage.client.users_info(user=ben))["user"]
    assert answer["response_metadata"]["next_cursor"] == ""


async def test_people_are_listed_in_pages(stage: Scene) -> None:
    first = await stage.client.users_list(limit=1)
    rest = await stage.client.users_list(limit=1, cursor=first["response_metadata"]["next_cursor"])

    assert [one["id"] for page in (first, rest) for one in page["members"]] == [stage.slack.bot_user_id, stage.anna]
    assert (await refusal(stage.client.users_list(cursor="broken")))["error"] == "invalid_cursor"
    assert (await refusal(stage.client.users_list(limit=1_001)))["error"] == "invalid_limit"


async def test_a_large_workspace_is_listed_with_a_limit_only(stage: Scene) -> None:
    for number in range(1_000):
        stage.slack.add_user(f"person{number}")

    assert (await refusal(stage.client.users_list()))["error"] == "limit_required"
    assert len((await stage.client.users_list(limit=1_000))["members"]) == 1_000


async def test_people_are_listed_with_the_scope_only(stage: Scene) -> None:
    stage.slack.revoke("users:read")

    assert (await refusal(stage.client.users_list()))["needed"] == "users:read"


@pytest.mark.parametrize(
    ("zone", "label", "offset"),
    [
        ("America/New_York", "Eastern Standard Time", -18_000),
        ("Europe/Berlin", "Central European Time", 3_600),
        ("Asia/Kolkata", "IST", 19_800),
    ],
)
async def test_a_person_has_a_title_and_a_time_zone(still: Scene, zone: str, label: str, offset: int) -> None:
    ben = still.slack.add_user("ben", title="Head of Finance", time_zone=zone)

    user = (await still.client.users_info(user=ben))["user"]

    assert user["profile"]["title"] == "Head of Finance"
    assert (user["tz"], user["tz_label"], user["tz_offset"]) == (zone, label, offset)


async def test_the_offset_of_a_time_zone_is_that_of_the_season(still: Scene) -> None:
    still.slack.clock.advance(180 * 86_400.0)  # from December to June

    user = (await still.client.users_info(user=still.anna))["user"]

    assert (user["tz_label"], user["tz_offset"]) == ("Eastern Daylight Time", -14_400)
