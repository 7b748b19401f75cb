"""Promises of a call that its server asks something about: it goes on with the answers, and nobody is asked twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_worker.payloads.inputs import InputAction, InputAnswer, InputRequest, Inputs
from tests.support.mcp.servers import asking, calls_of, connected, misbehaving, scripted

MUG = {"colour": "red", "count": 2}
GIFT = {"is_gift": True}

pytestmark = pytest.mark.usefixtures("processes")


def request_in(result: dict[str, Any]) -> InputRequest:
    return InputRequest.model_validate(result["asks"])


def answered(
    request: InputRequest, content: dict[str, Any] | None, action: InputAction = "accept", kept: Inputs | None = None
) -> Inputs:
    """What goes with the next call when people have answered; what was answered in the round before is kept."""
    answers = [InputAnswer(key=one.key, digest=one.digest, action=action, content=content) for one in request.asks]
    before = [*kept.kept, *kept.answers] if kept else []
    return Inputs(state=request.state, answers=answers, kept=before)


async def test_the_call_goes_on_with_the_answers(tmp_path: Path) -> None:
    async with connected(asking(tmp_path)) as shop:
        request = request_in(await shop.call("shop__buy"))
        result = await shop.call("shop__buy", inputs=answered(request, MUG))

    assert [field.label for field in request.asks[0].fields] == ["Colour", "How many"]
    assert result == {"output": "Bought 2 red."}
    assert calls_of(tmp_path).count("bought") == 1


async def test_a_server_may_ask_one_thing_after_the_other(tmp_path: Path) -> None:
    async with connected(asking(tmp_path)) as shop:
        first = answered(request_in(await shop.call("shop__wrap")), MUG)
        second = request_in(await shop.call("shop__wrap", inputs=first))
        result = await shop.call("shop__wrap", inputs=answered(second, GIFT, kept=first))

    assert second.asks[0].message == "Is it a gift?"
    assert result == {"output": "Bought 2 red, wrapped."}


async def test_a_server_that_has_forgotten_is_called_afresh_and_gets_the_kept_answers(tmp_path: Path) -> None:
    """Another process has another key: it refuses the state of the first one."""
    async with connected(asking(tmp_path)) as shop:
        first = answered(request_in(await shop.call("shop__wrap")), MUG)
        second = request_in(await shop.call("shop__wrap", inputs=first))
    async with connected(asking(tmp_path)) as shop:
        result = await shop.call("shop__wrap", inputs=answered(second, GIFT, kept=first))

    assert result == {"output": "Bought 2 red, wrapped."}
    assert calls_of(tmp_path).count("bought") == 1


async def test_who_declines_is_told_to_the_server(tmp_path: Path) -> None:
    async with connected(asking(tmp_path)) as shop:
        request = request_in(await shop.call("shop__buy"))
        result = await shop.call("shop__buy", inputs=answered(request, None, "decline"))

    assert result == {"output": "Nothing bought: decline."}


async def test_a_server_that_has_forgotten_is_not_called_afresh_to_hear_that_nobody_answers(tmp_path: Path) -> None:
    async with connected(asking(tmp_path)) as shop:
        request = request_in(await shop.call("shop__buy"))
    before = calls_of(tmp_path)
    async with connected(asking(tmp_path)) as shop:
        result = await shop.call("shop__buy", inputs=answered(request, None, "cancel"))

    assert "requestState" in result["error"]
    assert calls_of(tmp_path) == [*before, "started"]


async def test_a_page_goes_on_when_it_was_opened(tmp_path: Path) -> None:
    async with connected(asking(tmp_path)) as shop:
        request = request_in(await shop.call("shop__pay"))
        result = await shop.call("shop__pay", inputs=answered(request, None))

    assert (request.asks[0].host, request.asks[0].url) == ("pay.example", "https://pay.example/42?a=1&b=_2_")
    assert result == {"output": "Paid: accept."}


async def test_a_server_that_only_wants_to_be_called_again_is_given_up(tmp_path: Path) -> None:
    again = '{"jsonrpc": "2.0", "id": $ID, "result": {"resultType": "input_required", "requestState": "s"}}'
    configuration = scripted(tmp_path, again, modern=True)
    async with connected(configuration) as odd:
        result = await odd.call("odd__go")

    assert result == {"error": "The server odd asks again and again, so it was given up. The call was not completed."}
    assert calls_of(tmp_path).count("go") == 6


async def test_all_rounds_have_the_time_of_one_call(tmp_path: Path) -> None:
    async with connected(misbehaving(tmp_path, timeout=timedelta(seconds=0.2))) as odd:
        request = request_in(await odd.call("odd__ask"))
        result = await odd.call("odd__hang", inputs=answered(request, {"sure": True}))

    assert "took longer than 0.2 seconds" in result["error"]
