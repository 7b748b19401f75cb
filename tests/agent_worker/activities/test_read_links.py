"""Promises of the activity that reads links: with a place in the quotas, and with nobody's eyes but those given."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.payments import Payments
from agent_worker.conversation.wording.permalinks import links_in
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.links import LinksRead, ReadLinks
from agent_worker.payloads.quotas import Claim, OverQuota
from agent_worker.payloads.thread import Author
from agent_worker.quotas.reservations import Reservations
from tests.support.agent_worker.activities import activities_on
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage

OVER = OverQuota(scope="person", turns=5, minutes=12, is_told=True)


class Quotas:
    """Answers every claim alike."""

    def __init__(self, answer: OverQuota | None = None) -> None:
        self._answer = answer
        self.claims: list[Claim] = []

    has_budgets = False

    async def reserve(self, _team: str, claim: Claim) -> OverQuota | None:
        self.claims.append(claim)
        return self._answer


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        yield stage


def asked(stage: ReadingStage, url: str, **more: Any) -> ReadLinks:
    askers = more.pop("askers", [Author(id=stage.anna)])
    return ReadLinks(thread=stage.stage.thread, askers=askers, links=links_in(url), **more)


async def read(stage: ReadingStage, request: ReadLinks, quotas: Quotas | None = None) -> LinksRead:
    payments: Any = Payments(cast("Reservations | None", quotas), PriceList())
    activities = activities_on(stage.stage.ours, payments=payments)
    found: LinksRead = await ActivityEnvironment().run(activities.read_links, request)
    return found


async def test_a_link_is_read_with_its_place_and_a_step_for_people(stage: ReadingStage) -> None:
    news, ts = stage.public("news", stage.anna, text="We move on Friday.")

    (found,) = (await read(stage, asked(stage, stage.link(news, ts)))).contents

    line = json.loads(found.line)
    assert (line["place"], [row["text"] for row in line["messages"]]) == ("#news", ["We move on Friday."])
    assert (found.title, [source.url for source in found.sources]) == ("A message in #news", [stage.link(news, ts)])


async def test_a_turn_claims_its_place_before_anything_is_read_and_only_if_it_has_none(stage: ReadingStage) -> None:
    quotas, claim = Quotas(), Claim(turn="C1:1.0", people=[stage.anna])
    url = stage.link(*stage.public("news", stage.anna))

    await read(stage, asked(stage, url, claim=claim), quotas)
    await read(stage, asked(stage, url), quotas)

    assert quotas.claims == [claim]


async def test_for_a_turn_without_a_place_slack_is_not_asked_anything(stage: ReadingStage) -> None:
    url = stage.link(*stage.public("news", stage.anna))
    before = len(stage.slack.calls)

    found = await read(stage, asked(stage, url, claim=Claim(turn="C1:1.0", people=[stage.anna])), Quotas(OVER))

    assert found == LinksRead(contents=[], over_quota=OVER)
    assert len(stage.slack.calls) == before


async def test_nobodys_eyes_see_another_channel_of_the_agents(stage: ReadingStage) -> None:
    url = stage.link(*stage.public("news", stage.anna, text="for everybody"))

    (found,) = (await read(stage, asked(stage, url, askers=[]))).contents

    assert found.failed
    assert "for everybody" not in found.line
