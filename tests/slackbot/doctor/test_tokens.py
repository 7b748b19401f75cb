"""Promises of how a token's kind is told: each wrong kind by its name, and never a part of the token."""

from __future__ import annotations

import pytest

from slackbot.doctor.tokens import APP, BOT, problem

GOOD = {BOT: "xoxb-1-2-abcdefgh", APP: "xapp-1-A1-2-abcdefgh"}


@pytest.mark.parametrize("setting", [BOT, APP])
def test_a_token_of_the_right_form_has_no_problem(setting: str) -> None:
    assert problem(setting, GOOD[setting], "") is None


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("", "is not set"),
        ("xoxp-1-2-abcdefgh", "is a user token"),
        ("xoxe.xoxb-1-abcdefgh", "is a bot token of an app with token rotation"),
        ("xoxe.xoxp-1-abcdefgh", "is an app configuration token"),
        ("xoxe-1-abcdefgh", "is a refresh token"),
        ("xwfp-1-abcdefgh", "is a token of a workflow"),
        ("https://hooks.slack.com/services/abcdefgh", "is an address, perhaps of a webhook"),
        ("0123456789abcdef0123456789abcdef", "is no token: it looks like the Client Secret or the Signing Secret"),
        ("abcdefgh", "is no token of Slack that we know"),
        ('"xoxb-1-2-abcdefgh"', "holds the character '\"'"),
        ("xoxb-1-2-abcdefgh ", "holds the character ' '"),
        ("xoxb-…", "holds an ellipsis"),
    ],
)
@pytest.mark.parametrize("setting", [BOT, APP])
def test_every_other_kind_is_named_with_what_to_do_and_without_the_token(setting: str, token: str, told: str) -> None:
    outcome = problem(setting, token, "")

    assert outcome is not None
    assert outcome.state == "failed"
    assert outcome.found.startswith(f"{setting} {told}")
    assert outcome.mend
    assert "abcdefgh" not in outcome.found + outcome.mend


def test_swapped_tokens_are_told_as_swapped() -> None:
    for setting, other in ((BOT, APP), (APP, BOT)):
        outcome = problem(setting, GOOD[other], GOOD[setting])

        assert outcome is not None
        assert "the two tokens are swapped" in outcome.found


def test_the_same_token_twice_is_not_told_as_swapped() -> None:
    outcome = problem(APP, GOOD[BOT], GOOD[BOT])

    assert outcome is not None
    assert (outcome.found, "App-Level Token" in outcome.mend) == (f"{APP} is a bot token", True)
