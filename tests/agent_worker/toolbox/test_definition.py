"""Promises of a tool's policy: every call, even an invented one, has a short title, a timeout and attempts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_worker.toolbox.definition import LONGEST_TITLE
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.sample_tools import ALL

TOOLBOX = Toolbox(ALL)


def test_a_policy_has_a_title_made_from_the_arguments_and_the_tools_own_limits() -> None:
    policy = TOOLBOX.policy("echo", {"text": "hello"})

    assert (policy.title, policy.timeout, policy.attempts) == ("Echo hello", timedelta(seconds=3), 2)


def test_a_title_is_one_line_of_at_most_120_characters() -> None:
    assert TOOLBOX.policy("large", {"size": 1}).title == "a title of two lines"
    assert len(TOOLBOX.policy("echo", {"text": "x\n" * 500}).title) == LONGEST_TITLE


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
