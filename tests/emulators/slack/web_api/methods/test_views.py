"""Publishing Home tabs and opening modals."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene, refusal, scene
from tests.support.emulators.views import (
    home,
    refused_publish,
)


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
