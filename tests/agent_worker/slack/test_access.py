"""Promises of the door: members of the workspace come in, others only if they are listed, and all are told why not."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author
from agent_worker.slack.access import ELSEWHERE, GUEST, NOT_LISTED, STRANGER, UNKNOWN, Door
from agent_worker.slack.thread import history
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
    assert Door(HOME, **allows).refusal(Author(id="U1"), user) == reason


@pytest.mark.parametrize(
    ("team", "reason"),
    [("", ""), (HOME, ""), (PARTNER, ""), (ABROAD, STRANGER)],
    ids=["none", "own", "partner", "other"],
)
def test_the_workspace_that_the_message_names_counts_too(team: str, reason: str) -> None:
    assert Door(HOME, **PARTNERS).refusal(Author(id="U1", team=team), MEMBER) == reason


def test_somebody_of_another_workspace_of_whom_slack_tells_nothing_goes_by_it() -> None:
    assert Door(HOME).refusal(Author(id="U1", team=ABROAD), {}) == STRANGER
    assert Door(HOME, **PARTNERS).refusal(Author(id="U1", team=PARTNER), {}) == ""


@pytest.mark.parametrize(
    ("channel", "channels", "reason"),
    [("C1", [], ""), ("C1", ["C1"], ""), ("C2", ["C1"], ELSEWHERE), ("G2", ["C1"], ELSEWHERE), ("D1", ["C1"], "")],
)
def test_where_the_agent_may_talk(channel: str, channels: list[str], reason: str) -> None:
    assert Door(HOME, channels=channels).refusal_in(Thread(team=HOME, channel=channel, thread_ts="1.0")) == reason


def test_each_reason_is_a_polite_sentence_that_tells_no_name() -> None:
    for reason in (NOT_LISTED, GUEST, STRANGER, UNKNOWN, ELSEWHERE):
        assert reason.startswith("Sorry, ")
        assert reason.endswith(".")


# What Slack tells of people


async def test_slack_tells_who_is_a_guest_and_who_a_stranger() -> None:
    async with slack_stage() as stage:
        guest = stage.slack.add_user("gus", is_guest=True)
        abroad = stage.slack.add_user("sam", team_id="T0ELSEWHERE")
        reasons = {
            user: stage.ours.door.refusal(Author(id=user), await stage.history.user(user))
            for user in (stage.anna, guest, abroad, "U0NOBODY")
        }

    assert reasons == {stage.anna: "", guest: GUEST, abroad: STRANGER, "U0NOBODY": UNKNOWN}


async def test_slack_is_asked_about_a_person_once_and_the_answers_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "CACHED_NAMES", 2)
    async with slack_stage() as stage:
        people = [stage.slack.add_user(f"person{number}") for number in range(5)]
        for person in (people[0], people[0], *people):
            await stage.history.user(person)

        assert stage.calls("users.info") == len(people)
        assert len(stage.history._known) <= 2


@pytest.mark.parametrize("kind", ["rate_limited", "internal_error"])
async def test_while_slack_cannot_be_asked_nobody_is_judged(kind: Any) -> None:
    async with slack_stage() as stage:
        stage.slack.faults.add(method="users.info", kind=kind)
        with pytest.raises(ApplicationError) as failed:
            await stage.history.user(stage.anna)

        assert not failed.value.non_retryable


async def test_who_was_unknown_for_want_of_a_scope_is_asked_about_again() -> None:
    async with slack_stage() as stage:
        stage.slack.revoke("users:read")
        before = await stage.history.user(stage.anna)
        stage.slack.grant("users:read")

        assert (before, (await stage.history.user(stage.anna))["name"]) == ({}, "anna")
