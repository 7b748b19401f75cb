"""Promises of user groups: who is in one at this moment, and nobody where that cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.slack.api import SlackApi
from agent_worker.slack.rate_limits import SlackBudget
from agent_worker.slack.user_groups import UserGroups
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

METHOD = "usergroups.users.list"


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


def groups_of(stage: SlackStage) -> UserGroups:
    return UserGroups(SlackApi(stage.client, SlackBudget()))


async def test_the_people_of_each_group_are_those_of_this_moment(stage: SlackStage) -> None:
    ben = stage.slack.add_user("ben")
    group = stage.slack.add_user_group("Approvers", "approvers", [stage.anna])
    groups = groups_of(stage)
    before = await groups.members([group])

    stage.slack.set_user_group(group, [ben])

    assert (before, await groups.members([group])) == ({group: [stage.anna]}, {group: [ben]})


@pytest.mark.parametrize("error", ["no_such_subteam", "plan_upgrade_required", "missing_scope", "permission_denied"])
async def test_nobody_is_in_a_group_that_may_not_be_read(stage: SlackStage, error: str) -> None:
    group = stage.slack.add_user_group("Approvers", "approvers", [stage.anna])
    stage.slack.faults.add(method=METHOD, kind="error", error=error, times=None)

    assert await groups_of(stage).members([group]) == {group: []}


async def test_while_slack_is_away_nobody_can_tell(stage: SlackStage) -> None:
    stage.slack.faults.add(method=METHOD, kind="error", error="internal_error", times=None)

    with pytest.raises(ApplicationError) as raised:
        await groups_of(stage).members(["S1"])

    assert (raised.value.type, raised.value.non_retryable) == (SLACK_UNAVAILABLE, False)
