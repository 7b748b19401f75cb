"""Files as messages and files.info describe them."""

from __future__ import annotations

import pytest

from tests.support.emulators.files import described, download, shared
from tests.support.emulators.scene import Scene


async def test_a_message_shows_a_hidden_file_as_a_stub(stage: Scene) -> None:
    stub = shared(stage, hidden=True)

    file = await described(stage, stub["id"])

    assert stub == {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}
    assert (file["name"], file["file_access"]) == ("notes.txt", "visible")
    assert await download(stage, file["url_private"]) == (200, "text/plain", "hello")


async def test_slack_may_claim_another_size_than_the_file_has(stage: Scene) -> None:
    assert shared(stage)["size"] == 5
    assert shared(stage, size=10**9)["size"] == 10**9


async def test_a_file_with_an_unknown_field_is_an_error(stage: Scene) -> None:
    with pytest.raises(ValueError, match="name"):
        shared(stage, colour="red")
    with pytest.raises(ValueError, match="name"):
        stage.slack.say(stage.anna, stage.general, "read this", files=[{"content": "hello"}])
