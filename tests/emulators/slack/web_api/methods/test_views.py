"""Publishing Home tabs, opening modals, and updating both."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene, refusal, scene
from tests.support.emulators.views import SECTION, home, modal, open_modal, publish, refused_publish


async def test_a_hash_needs_something_to_replace(stage: Scene) -> None:
    assert (await refused_publish(stage, home(), hash="1.1"))["error"] == "hash_conflict"


async def test_views_are_published_to_people_of_an_app_with_a_home_tab(stage: Scene) -> None:
    nobody = await refusal(stage.client.views_publish(user_id="U-nobody", view=home()))
    itself = await refusal(stage.client.views_publish(user_id=stage.slack.bot_user_id, view=home()))
    async with scene(home_tab=False) as other:
        off = await refused_publish(other, home())
        with pytest.raises(ValueError, match="no Home tab"):
            other.slack.open_app_home(other.anna, "home")

    assert [body["error"] for body in (nobody, itself, off)] == ["user_not_found", "user_not_found", "not_enabled"]


async def test_a_modal_and_a_home_tab_are_updated_by_either_of_their_ids(stage: Scene) -> None:
    opened = await open_modal(stage, modal(external_id="mine"))
    published = await publish(stage, home())

    by_id = (await stage.client.views_update(view_id=opened["id"], view=modal(SECTION, external_id="mine")))["view"]
    by_name = (await stage.client.views_update(external_id="mine", view=modal()))["view"]
    tab = (await stage.client.views_update(view_id=published["id"], view=home(private_metadata="new")))["view"]

    assert by_id["blocks"][0]["type"] == "section"
    assert stage.slack.modal(stage.anna) == by_name
    assert (by_name["id"], stage.slack.home(stage.anna)) == (opened["id"], tab)


async def test_an_update_that_comes_too_late_is_refused(stage: Scene) -> None:
    opened = await open_modal(stage, modal())
    update = stage.client.views_update
    second = (await update(view_id=opened["id"], hash=opened["hash"], view=modal()))["view"]

    stale = await refusal(update(view_id=opened["id"], hash=opened["hash"], view=modal(SECTION)))
    shown = stage.slack.modal(stage.anna)
    stage.slack.close_modal(stage.anna)
    closed = await refusal(update(view_id=opened["id"], view=modal()))

    assert (stale["error"], closed["error"], shown) == ("hash_conflict", "not_found", second)


async def test_an_update_names_its_view_and_keeps_its_kind(stage: Scene) -> None:
    opened = await open_modal(stage, modal())
    await publish(stage, home(external_id="taken"))

    bodies = [
        await refusal(stage.client.api_call("views.update", json={"view": modal()})),
        await refusal(stage.client.api_call("views.update", json={"view_id": opened["id"]})),
        await refusal(stage.client.views_update(view_id=opened["id"], view=home())),
        await refusal(stage.client.views_update(view_id=opened["id"], view=modal(external_id="taken"))),
    ]

    assert [body["error"] for body in bodies] == [*["invalid_arguments"] * 3, "duplicate_external_id"]
