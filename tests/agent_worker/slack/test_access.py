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
ORGANISATION, SISTER = "E1", "T5"  # with the workspaces HOME and SISTER


def of_the_organisation(*teams: str, organisation: str = ORGANISATION, **more: bool) -> dict[str, Any]:
    """What `users.info` says of a member of these workspaces of an organisation (Enterprise Grid)."""
    grid = {"enterprise_id": organisation, "teams": list(teams)}
    return MEMBER | {"team_id": organisation, "enterprise_user": grid} | more


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
    ("user", "allows", "reason"),
    [
        (of_the_organisation(HOME), {}, ""),
        (of_the_organisation(SISTER, HOME), {}, ""),
        (of_the_organisation(HOME, is_restricted=True), {}, GUEST),
        (of_the_organisation(SISTER), {}, STRANGER),
        (of_the_organisation(SISTER), {"workspaces": {SISTER}}, ""),
        (of_the_organisation(SISTER), {"workspaces": {ORGANISATION}}, ""),
        (of_the_organisation(ABROAD, organisation="E2"), {}, STRANGER),
        (of_the_organisation(HOME), {"users": {"U2"}}, NOT_LISTED),
        (of_the_organisation(), {}, STRANGER),
        (MEMBER | {"team_id": ORGANISATION}, {}, STRANGER),
        (MEMBER | {"enterprise_user": {"enterprise_id": None, "teams": None}}, {}, ""),
    ],
)
@pytest.mark.parametrize("named", ["", SISTER])
def test_of_an_organisation_with_several_workspaces_the_members_of_the_agents_own_may(
    user: dict[str, Any], allows: dict[str, Any], reason: str, named: str
) -> None:
    """Whatever the message names as the author's workspace, when `users.info` lists all of them."""
    if named and not (user.get("enterprise_user") or {}).get("teams"):
        reason = reason or STRANGER

    assert AccessPolicy(HOME, **allows).refusal(Author(id="U1", team=named), user) == reason


def test_an_agent_of_a_whole_organisation_talks_to_all_its_members() -> None:
    policy = AccessPolicy(ORGANISATION)

    assert policy.refusal(Author(id="U1"), of_the_organisation(SISTER)) == ""
    assert policy.refusal(Author(id="U1"), of_the_organisation(ABROAD, organisation="E2")) == STRANGER


def test_a_person_of_whom_no_workspace_is_known_is_refused() -> None:
    assert AccessPolicy(HOME).refusal(Author(id="U1"), MEMBER | {"team_id": ""}) == UNKNOWN
    assert AccessPolicy(HOME).refusal(Author(id="U1", team=HOME), {}) == UNKNOWN


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
        member = stage.slack.add_user("greta", organisation="E0OURS")
        theirs = stage.slack.add_user("gil", team_id="T0THEIRS", organisation="E0THEIRS")
        reasons = {
            user: stage.ours.access_policy.refusal(Author(id=user), await stage.directory.user(user))
            for user in (stage.anna, guest, abroad, member, theirs, "U0NOBODY")
        }

    known = {stage.anna: "", guest: GUEST, abroad: STRANGER, member: "", theirs: STRANGER}
    assert reasons == known | {"U0NOBODY": UNKNOWN}
