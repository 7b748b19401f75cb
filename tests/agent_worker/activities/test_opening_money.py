"""Promises of an opening about money: it is set aside for a question, and not for one that was answered long ago."""

from __future__ import annotations

from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.payments import Payments
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.opening import OpenConversation, Opened
from agent_worker.payloads.quotas import Claim, Hold, Settled
from agent_worker.payloads.thread import Author
from agent_worker.quotas.reservations import Reservations
from agent_worker.slack.blocks.posts import notice
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.agents import gate
from tests.support.agent_worker.rehearsal import POLICY
from tests.support.agent_worker.slack_stage import slack_stage


class Counter:
    """In the place of the reservations: gives what is asked for, and notes what it is told."""

    has_budgets = True

    def __init__(self) -> None:
        self.settled: list[Settled] = []

    async def reserve(self, _team: str, claim: Claim) -> Hold:
        return Hold(person=claim.people[0], dollars=1)

    def note(self, _team: str, settled: Settled) -> None:
        self.settled.append(settled)


@pytest.mark.parametrize("answered", [[], ["first"], ["first", "second"]], ids=["none", "one", "all"])
async def test_money_is_given_back_at_once_if_all_that_is_asked_was_answered_before(answered: list[str]) -> None:
    """Slack delivers an event again after a day: the conversation has closed, and the thread shows its answer."""
    counter = Counter()
    async with slack_stage(hurried=True) as stage:
        asked = dict(zip(("first", "second"), stage.people_say("hello", "are you there?"), strict=True))
        if answered:
            await stage.posts.post(stage.thread, "a:1", notice("Hello."), [asked[name] for name in answered])
        claim = Claim(turn=f"{stage.channel}:{asked['first']}", people=[stage.anna])
        request = OpenConversation(
            thread=stage.thread,
            ids=[],
            earlier_than=asked["first"],
            authors=[Author(id=stage.anna)],
            asked=list(asked.values()),
            claim=claim,
        )
        payments: Any = Payments(cast("Reservations", counter), PriceList())
        activities = activities_on(stage.ours, policy=POLICY, gate=gate(Toolbox([])), payments=payments)

        opened: Opened = await ActivityEnvironment().run(activities.open_conversation, request)

    assert opened.hold is not None
    is_over = len(answered) == len(asked)
    assert [(one.turn, one.person, one.dollars) for one in counter.settled] == [(claim.turn, stage.anna, 0)] * is_over
