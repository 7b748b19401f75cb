"""Promises of access: the workspace's members may talk to the agent, others if they are listed; all are told why."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.access import ELSEWHERE, GUEST, NOT_LISTED, STRANGER, UNKNOWN, AccessPolicy
from tests.support.agent_worker.slack_stage import slack_stage

HOME, PARTNER, ABROAD = "T1", "T2", "T3"
MEMBER = {"name": "anna", "team_id": HOME, "is_restricted": False, "is_ultra_restricted": False}
GUEST_USER = MEMBER | {"is_restricted": True}
SINGLE_CHANNEL_GUEST = GUEST_USER | {"is_ultra_restricted": True}
PARTNER_USER, FOREIGNER = MEMBER | {"team_id": PARTNER}, MEMBER | {"team_id": ABROAD}
SOMEBODY = {"name": "x", "team_id": "", "is_stranger": True}
PARTNERS: dict[str, Any] = {"workspaces": {PARTNER}}
LISTED: dict[str, Any] = {"users": {"U1"}}


@pytest.mark.parametrize(
    ("user", "allows", "reason"),
    [
        (MEMBER, {}, ""),
        (GUEST_USER, {}, GUEST),
        (SINGLE_CHANNEL_GUEST, {}, GUEST),
        (GUEST_USER, {"guests": True}, ""),
        (SINGLE_CHANNEL_GUEST, {"guests": True}, ""),
        (FOREIGNER, {}, STRANGER),
        (FOREIGNER, {"guests": True}, STRANGER),
        (FOREIGNER, PARTNERS, STRANGER),
        (PARTNER_USER, PARTNERS, ""),
        (PARTNER_USER | {"is_stranger": True}, PARTNERS, ""),
        (PARTNER_USER | {"is_restricted": True}, PARTNERS, GUEST),
        (SOMEBODY, PARTNERS, STRANGER),
        ({}, {}, UNKNOWN),
        ({}, {"guests": True}, UNKNOWN),
        (MEMBER, {"users": {"U2"}}, NOT_LISTED),
        (FOREIGNER, {"users": {"U2"}}, NOT_LISTED),
        (MEMBER, LISTED, ""),
        (GUEST_USER, LISTED, ""),
        (FOREIGNER, LISTED, ""),
        ({}, LISTED, ""),
    ],
)
def test_who_may_talk_to_the_agent(user: dict[str, Any], allows: dict[str, Any], reason: str) -> None:
    assert AccessPolicy(HOME, **allows).refusal(Author(id="U1"), user) == reason


@pytest.mark.parametrize(
    ("team", "reason"),
    [("", ""), (HOME, ""), (PARTNER, ""), (ABROAD, STRANGER)],
    ids=["none", "own", "partner", "other"],
)
def test_the_workspace_that_the_message_names_counts_too(team: str, reason: str) -> None:
    assert AccessPolicy(HOME, **PARTNERS).refusal(Author(id="U1", team=team), MEMBER) == reason


def test_if_slack_tells_nothing_of_a_person_the_workspace_in_the_message_decides() -> None:
    assert AccessPolicy(HOME).refusal(Author(id="U1", team=ABROAD), {}) == STRANGER
    assert AccessPolicy(HOME, **PARTNERS).refusal(Author(id="U1", team=PARTNER), {}) == ""


@pytest.mark.parametrize(
    ("channel", "channels", "reason"),
    [("C1", [], ""), ("C1", ["C1"], ""), ("C2", ["C1"], ELSEWHERE), ("G2", ["C1"], ELSEWHERE), ("D1", ["C1"], "")],
)
def test_where_the_agent_may_talk(channel: str, channels: list[str], reason: str) -> None:
    thread = Thread(team=HOME, channel=channel, thread_ts="1.0")

    assert AccessPolicy(HOME, channels=channels).refusal_in(thread) == reason


# What Slack tells of people


async def test_slack_tells_who_is_a_guest_and_who_a_stranger() -> None:
    async with slack_stage() as stage:
        guest = stage.slack.add_user("gus", is_guest=True)
        abroad = stage.slack.add_user("sam", team_id="T0ELSEWHERE")
        reasons = {
            user: stage.ours.access_policy.refusal(Author(id=user), await stage.directory.user(user))
            for user in (stage.anna, guest, abroad, "U0NOBODY")
        }

    assert reasons == {stage.anna: "", guest: GUEST, abroad: STRANGER, "U0NOBODY": UNKNOWN}
