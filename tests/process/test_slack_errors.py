"""Promises about the kinds of Slack's errors: what passes by itself is waited for, by worker and bot alike."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_REFUSED, SLACK_UNAVAILABLE
from agent_worker.slack.api import call
from agent_worker.slack.refusals import UNTIL_REPAIRED, is_undone
from slackbot.conversations.call_errors import may_pass
from tests.support.agent_worker.refusals import PASSING, ROWS
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

# Whether Slack may have carried out the call is not known after these.
PERHAPS_DONE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
DOCUMENTED = sorted({error for _, error in ROWS})


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


async def refused(stage: SlackStage, error: str) -> ApplicationError:
    """What the worker makes of Slack's refusal."""
    stage.slack.faults.add(method="auth.test", kind="error", error=error)
    with pytest.raises(ApplicationError) as caught:
        await call(stage.client.auth_test)
    return caught.value


@pytest.mark.parametrize("error", DOCUMENTED)
async def test_the_worker_waits_for_what_passes_and_for_what_somebody_repairs_and_for_nothing_else(
    stage: SlackStage, error: str
) -> None:
    waits = error in PASSING | UNTIL_REPAIRED

    translated = await refused(stage, error)

    assert translated.type == (SLACK_UNAVAILABLE if waits else SLACK_REFUSED)
    assert translated.non_retryable is not waits


@pytest.mark.parametrize("error", sorted(PASSING))
async def test_the_bot_waits_for_whatever_the_worker_waits_for(stage: SlackStage, error: str) -> None:
    stage.slack.faults.add(method="auth.test", kind="error", error=error)

    with pytest.raises(SlackApiError) as caught:
        await stage.client.auth_test()

    assert may_pass(caught.value)


@pytest.mark.parametrize("error", DOCUMENTED)
async def test_only_after_a_failure_of_slacks_servers_a_call_may_have_been_carried_out(
    stage: SlackStage, error: str
) -> None:
    assert is_undone(await refused(stage, error)) is (error not in PERHAPS_DONE)


@pytest.mark.parametrize("error", ["team_added_to_org", "org_login_required"])
async def test_a_workspace_that_is_being_moved_is_waited_for_with_patience(stage: SlackStage, error: str) -> None:
    delay = (await refused(stage, error)).next_retry_delay

    assert delay is not None
    assert delay.total_seconds() == 30
