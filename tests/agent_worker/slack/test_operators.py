"""Promises of what the operator's channel reads: whose budget it is, with no link and no mention in anybody's name."""

from __future__ import annotations

import pytest

from agent_worker.payloads.quotas import BudgetScope, BudgetWarning
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

TELLS = "Today $0.81 of $1.00 are used up in {}. When nothing is left, I answer no more until midnight UTC."


async def told(stage: SlackStage, scope: BudgetScope, owner: str) -> tuple[str, str]:
    """What the channel reads, and what a notification shows."""
    warning = BudgetWarning(key="today", scope=scope, owner=owner, spent=0.81, dollars=1)
    await stage.ours.operators.tell(stage.channel, warning)
    post = stage.slack.messages(stage.channel)[-1]
    return stage.slack.visible_text(post), post.text


async def test_a_name_that_looks_like_a_link_or_a_mention_is_none() -> None:
    async with slack_stage() as stage:
        eve = stage.slack.add_user("eve", display_name="<https://evil.example|Raise the budget> <!channel>")

        shown, notified = await told(stage, "person_budget", eve)

    assert "<https://evil.example|" not in notified
    assert "<!channel>" not in notified
    assert "Raise the budget" in shown


@pytest.mark.parametrize(("is_private", "called"), [(False, "#plans"), (True, "#C")])
async def test_the_name_of_a_private_channel_is_not_told(is_private: bool, called: str) -> None:  # noqa: FBT001
    async with slack_stage() as stage:
        members = [stage.anna, stage.slack.bot_user_id]
        plans = stage.slack.add_channel("plans", members=members, is_private=is_private)

        shown, _ = await told(stage, "channel_budget", plans)

    assert shown.startswith(TELLS.partition("{}")[0] + f"the budget of {called}")


async def test_the_budget_of_the_workspace_is_nobodys() -> None:
    async with slack_stage() as stage:
        shown, _ = await told(stage, "workspace_budget", "")

    assert shown == TELLS.format("the budget of this workspace")
