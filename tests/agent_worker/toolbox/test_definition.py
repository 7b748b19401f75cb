"""Promises of a tool's policy: every call, even an invented one, has a short title, a timeout and attempts.

A call that changes something says so, even when its author's function for that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.toolbox.definition import LONGEST_TITLE, Tool, ToolPolicy
from agent_worker.toolbox.tool import tool
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.sample_tools import ALL

TOOLBOX = Toolbox(ALL)


def ordered(effect: str | Callable[..., str], title: str | Callable[..., str] = "Order", **args: Any) -> ToolPolicy:
    """The policy of a call of a tool with this effect."""

    @tool(title=title, summary="orders", effect=effect)
    async def order_cake(flavour: str, pieces: int = 1) -> Any:
        """Order a cake."""

    return Toolbox([order_cake]).policy("order_cake", args or {"flavour": "lemon"})


def test_a_policy_has_a_title_made_from_the_arguments_and_the_tools_own_limits() -> None:
    policy = TOOLBOX.policy("echo", {"text": "hello"})

    assert (policy.title, policy.timeout, policy.attempts) == ("Echo hello", timedelta(seconds=3), 2)


def test_a_title_is_one_line_of_at_most_120_characters() -> None:
    assert TOOLBOX.policy("large", {"size": 1}).title == "a title of two lines"
    assert LONGEST_TITLE - 2 <= len(TOOLBOX.policy("echo", {"text": "x\n" * 500}).title) <= LONGEST_TITLE


@given(
    name=st.sampled_from(["echo", "untitled", "large", "not_json", "no such tool\n" * 30, ""]),
    args=st.one_of(
        st.none(),
        st.lists(st.text()),
        st.dictionaries(
            st.sampled_from(["text", "times", "size", "x"]), st.one_of(st.none(), st.integers(), st.text())
        ),
    ),
)
def test_a_policy_never_raises_whatever_the_model_made_up(name: str, args: Any) -> None:
    policy = TOOLBOX.policy(name, args)

    assert "\n" not in policy.title
    assert len(policy.title) <= LONGEST_TITLE
    assert policy.attempts >= 1
    assert policy.timeout > timedelta()


def test_a_call_that_is_answered_locally_gets_a_sensible_title_and_one_attempt() -> None:
    unknown = TOOLBOX.policy("fly", {})
    unfit = TOOLBOX.policy("echo", {"words": 1})

    assert (unknown.title, unknown.attempts) == ("unknown tool fly", 1)
    assert (unfit.title, unfit.attempts) == ("echo", 1)


def test_a_title_that_fails_falls_back_to_the_tools_name_and_keeps_its_limits() -> None:
    policy = TOOLBOX.policy("untitled", {"text": "x"})

    assert (policy.title, policy.attempts) == ("untitled", 4)


def test_an_effect_is_a_text_or_made_from_the_checked_arguments_with_their_defaults() -> None:
    assert ordered("Order a cake").effect == "Order a cake"
    assert ordered(lambda pieces, flavour: f"Order {pieces} × {flavour}").effect == "Order 1 × lemon"
    assert ordered(lambda pieces: f"Order {pieces}", flavour="lemon", pieces="3").effect == "Order 3"


def test_a_tool_that_only_reads_has_no_effect_and_the_model_is_told_of_none() -> None:
    @tool(title="Order", summary="orders", effect="Order a cake")
    async def order_cake() -> Any:
        """Order a cake."""

    assert Tool.define(order_cake).has_effect
    assert "effect" not in str(Tool.define(order_cake).declaration())
    assert not Tool.define(ALL[0]).has_effect
    assert TOOLBOX.policy("echo", {"text": "hello"}).effect == ""


@pytest.mark.parametrize("says", ["x\n" * 500, "Order \u202ea\u202c cake \u200bnow" * 40, "\ud83d" * 500])
def test_an_effect_is_one_line_of_at_most_120_characters_that_hides_nothing(says: str) -> None:
    effect = ordered(lambda flavour: flavour + says).effect

    assert len(effect) == LONGEST_TITLE
    assert not set("\n\u202e\u202c\u200b\ud83d") & set(effect)


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param(lambda flavour: flavour["missing"], id="it raises"),
        pytest.param(lambda flavour: flavour.strip("lemon"), id="it says nothing"),
        pytest.param(lambda: None, id="it returns no text"),
        pytest.param(lambda: "\u200b\n", id="nobody sees what it says"),
        pytest.param(" ", id="it is blank"),
    ],
)
def test_an_effect_that_cannot_be_said_is_the_tools_name_and_never_none(effect: str | Callable[..., str]) -> None:
    assert ordered(effect).effect == "Order cake"


def test_a_title_that_fails_hides_no_effect() -> None:
    policy = ordered("Order a cake", title=lambda flavour: flavour["missing"])

    assert (policy.title, policy.effect) == ("order_cake", "Order a cake")


def test_a_call_whose_arguments_do_not_fit_does_nothing_and_so_has_no_effect() -> None:
    assert ordered("Order a cake", flavour="lemon", pieces="many").effect == ""
