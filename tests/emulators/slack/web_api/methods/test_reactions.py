"""Adding a reaction."""

from __future__ import annotations

from tests.support.emulators.scene import Scene, refusal


async def test_a_reaction_is_added_once(stage: Scene) -> None:
    stage.slack.grant("reactions:write")
    ts = stage.slack.say(stage.anna, stage.general, "hello")
    await stage.client.reactions_add(channel=stage.general, timestamp=ts, name="eyes")

    again = await refusal(stage.client.reactions_add(channel=stage.general, timestamp=ts, name="eyes"))
    odd = await refusal(stage.client.reactions_add(channel=stage.general, timestamp=ts, name="Not An Emoji"))
    nowhere = await refusal(stage.client.reactions_add(channel=stage.general, timestamp="1.000000", name="eyes"))

    assert stage.slack.messages(stage.general)[0].reactions == {"eyes": [stage.slack.bot_user_id]}
    assert [body["error"] for body in (again, odd, nowhere)] == ["already_reacted", "invalid_name", "message_not_found"]
