"""A click in a message that one person sees has an address for the answer: it replaces the message, for a while."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from emulators.slack.state.messages import Ephemeral
from emulators.slack.state.response_addresses import MOST_USES, VALID_SECONDS
from tests.support.emulators.scene import Scene, scene
from tests.support.emulators.views import SECTION, actions, button, pressed


async def shown_to_anna(stage: Scene, *blocks: dict[str, Any]) -> Ephemeral:
    await stage.client.chat_postEphemeral(
        channel=stage.general, user=stage.anna, text="list", blocks=list(blocks) or [actions(button("go", value="1"))]
    )
    return stage.slack.ephemerals(stage.general, stage.anna)[-1]


async def answer(url: str, **content: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=content) as answered:
        return answered.status, await answered.text()


def texts(stage: Scene) -> list[str]:
    return [one.text for one in stage.slack.ephemerals(stage.general, stage.anna)]


async def test_the_click_does_not_tell_the_message_itself(quiet: Scene) -> None:
    shown = await shown_to_anna(quiet)

    payload = await pressed(quiet, shown.ts, "go")

    assert "message" not in payload
    assert payload["container"]["is_ephemeral"] is True
    assert payload["container"]["message_ts"] == shown.ts
    assert payload["actions"][0]["value"] == "1"


async def test_nobody_else_can_press_what_one_person_sees(quiet: Scene) -> None:
    shown = await shown_to_anna(quiet)
    ben = quiet.slack.add_user("ben")

    with pytest.raises(ValueError, match="no message"):
        quiet.slack.press_button(ben, quiet.general, shown.ts, "go")


async def test_an_answer_replaces_the_message_or_stands_below_it(quiet: Scene) -> None:
    shown = await shown_to_anna(quiet)
    url = (await pressed(quiet, shown.ts, "go"))["response_url"]

    assert await answer(url, text="new", blocks=[SECTION], replace_original=True) == (200, "ok")
    assert await answer(url, text="below") == (200, "ok")
    assert await answer(url, text="for all", response_type="in_channel") == (200, "ok")

    assert texts(quiet) == ["new", "below"]
    assert [one.text for one in quiet.slack.messages(quiet.general)] == ["for all"]


async def test_what_a_post_may_not_hold_an_answer_may_not_either(quiet: Scene) -> None:
    shown = await shown_to_anna(quiet)
    url = (await pressed(quiet, shown.ts, "go"))["response_url"]

    refused = [await answer(url, replace_original=True), await answer(url, text="x", blocks=[{"type": "nonsense"}])]

    assert [status for status, _ in refused] == [400, 400]
    assert ["no_text" in refused[0][1], "invalid_blocks" in refused[1][1]] == [True, True]
    assert texts(quiet) == ["list"]


async def test_an_address_takes_five_answers_within_half_an_hour() -> None:
    async with scene() as stage:
        shown = await shown_to_anna(stage)
        first, second = [(await pressed(stage, shown.ts, "go"))["response_url"] for _ in range(2)]

        taken = [await answer(first, text=str(number), replace_original=True) for number in range(MOST_USES + 1)]
        stage.slack.clock.advance(VALID_SECONDS + 1)
        late = await answer(second, text="late", replace_original=True)

        assert [status for status, _ in taken] == [200] * MOST_USES + [404]
        assert "used_url" in taken[-1][1]
        assert (late[0], "expired_url" in late[1]) == (404, True)
        assert texts(stage) == [str(MOST_USES - 1)]
