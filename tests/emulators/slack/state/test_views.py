"""Home tabs and modals: their ids, their versions, and the triggers that open modals."""

from __future__ import annotations

from tests.support.emulators.scene import Scene, refusal
from tests.support.emulators.views import (
    home,
    modal,
    publish,
    refused_publish,
    trigger,
)


async def test_a_published_view_is_what_the_persons_home_tab_shows(stage: Scene) -> None:
    published = await publish(stage, home(callback_id="home", private_metadata="x"))

    assert stage.slack.home(stage.anna) == published
    assert stage.slack.visible_text(published) == "*hello*"
    assert stage.slack.home(stage.slack.add_user("ben")) is None
    assert (published["type"], published["callback_id"], published["private_metadata"]) == ("home", "home", "x")
    assert (published["app_id"], published["bot_id"]) == (stage.slack.app_id, stage.slack.bot_id)
    assert published["blocks"][0]["block_id"]


async def test_a_home_tab_keeps_its_id_and_gets_a_new_hash(stage: Scene) -> None:
    first = await publish(stage, home())
    second = await publish(stage, home(), hash=first["hash"])

    stale = await refused_publish(stage, home(), hash=first["hash"])

    assert first["id"] == second["id"]
    assert first["hash"] != second["hash"]
    assert stale["error"] == "hash_conflict"


async def test_a_trigger_opens_one_modal_and_a_refused_view_does_not_use_it_up(stage: Scene) -> None:
    trigger_id = await trigger(stage)
    await refusal(stage.client.views_open(trigger_id=trigger_id, view=home()))

    opened = (await stage.client.views_open(trigger_id=trigger_id, view=modal()))["view"]
    again = await refusal(stage.client.views_open(trigger_id=trigger_id, view=modal()))
    unknown = await refusal(stage.client.views_open(trigger_id="1.2.x", view=modal()))
    without = await refusal(stage.client.api_call("views.open", json={"view": modal()}))

    assert stage.slack.modal(stage.anna) == opened
    assert [body["error"] for body in (again, unknown, without)] == [
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "invalid_arguments",
    ]


async def test_a_trigger_is_good_for_three_seconds(still: Scene) -> None:
    first, second = await trigger(still), await trigger(still)

    still.slack.clock.advance(3.0)
    await still.client.views_open(trigger_id=first, view=modal())
    still.slack.clock.advance(0.1)
    late = await refusal(still.client.views_open(trigger_id=second, view=modal()))

    assert late["error"] == "expired_trigger_id"


async def test_external_ids_are_unique(stage: Scene) -> None:
    await stage.client.views_publish(user_id=stage.anna, view=home(external_id="mine"))
    await stage.client.views_publish(user_id=stage.anna, view=home(external_id="mine"))

    body = await refusal(stage.client.views_open(trigger_id=await trigger(stage), view=modal(external_id="mine")))

    assert body["error"] == "duplicate_external_id"
