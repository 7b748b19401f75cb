"""Looking people up."""

from __future__ import annotations

from tests.support.emulators.scene import Scene, refusal


async def test_people_and_the_bot_can_be_looked_up(stage: Scene) -> None:
    anna = (await stage.client.users_info(user=stage.anna))["user"]
    bot = (await stage.client.users_info(user=stage.slack.bot_user_id))["user"]

    assert (anna["name"], anna["profile"]["real_name"], anna["is_bot"]) == ("anna", "Anna Berg", False)
    assert (bot["is_bot"], bot["profile"]["bot_id"]) == (True, stage.slack.bot_id)
    assert (await refusal(stage.client.users_info(user="U-nobody")))["error"] == "user_not_found"
