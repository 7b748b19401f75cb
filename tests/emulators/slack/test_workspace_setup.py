"""Which people and channels there can be."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene


async def test_names_are_taken_once(stage: Scene) -> None:
    with pytest.raises(ValueError, match="anna"):
        stage.slack.add_user("anna")
    with pytest.raises(ValueError, match="general"):
        stage.slack.add_channel("general")
    with pytest.raises(ValueError, match="U-nobody"):
        stage.slack.add_channel("other", members=["U-nobody"])


ELSEWHERE = "T0ELSEWHERE"


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
