"""Promises of what names a call: the same in each attempt, another one in every other call, and it tells nothing."""

from __future__ import annotations

import pytest

from agent_worker.toolbox.call_key import ToolCallKey
from agent_worker.toolbox.tool import tool
from agent_worker.toolbox.toolbox import Toolbox

IDS = ("T1/C1/1764234567.000100", "0193-run", "7")


def test_the_same_call_has_the_same_key_and_any_other_call_has_another() -> None:
    others = [("x", *IDS[1:]), (IDS[0], "x", IDS[2]), (*IDS[:2], "8"), (IDS[0], "0193-run7", "")]

    keys = {ToolCallKey.of(*ids) for ids in (IDS, IDS, *others)}

    assert len(keys) == 1 + len(others)


def test_a_key_fits_a_header_and_does_not_tell_where_the_call_was_made() -> None:
    key = ToolCallKey.of(*IDS)

    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")


def test_the_model_cannot_give_a_key() -> None:
    @tool(title="Order", summary="orders")
    async def order(call: ToolCallKey) -> str:
        """Order."""
        return call

    with pytest.raises(TypeError, match="'call' cannot be given by a model"):
        Toolbox([order])


def test_the_model_is_told_of_a_tool_that_takes_a_key_but_not_of_the_key() -> None:
    @tool(title="Order", summary="orders")
    async def order(*, call: ToolCallKey) -> str:
        """Order."""
        return call

    assert Toolbox([order]).declarations() == [{"name": "order", "description": "Order."}]
