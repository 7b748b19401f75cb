"""Budgets, through both processes: they refuse in a sentence, hold for all threads, and no crash counts twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle

from agent_worker.payloads.quotas import quota_workflow_id
from agent_worker.quotas.ledger import Ledger
from emulators.gemini.answers import calls, finish, text
from tests.support.e2e.ledger import asked, ledger
from tests.support.e2e.stage import Stage, exists
from tests.support.slackbot.conversations import eventually

# Dollars for a million tokens, so that tokens are thousandths of a dollar. A request of unknown size needs 8.01.
PRICES = {"GEMINI_PRICES": "gemini-3.8-flash=1000/1/100"}
NEEDED = 8.01
WORKSPACE = "workspace_budget:"
WARNED = "most of a budget is used up"


@asynccontextmanager
async def limited(address: str, directory: Path, **settings: str) -> AsyncIterator[Stage]:
    """A stage whose worker has these settings."""
    async with Stage(address, directory) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", **(PRICES | settings))
        await stage.start()
        yield stage


def ask(stage: Stage, person: str, words: str = "please", thread_ts: str | None = None, channel: str = "") -> str:
    place = channel or stage.channel
    return stage.slack.say(person, place, f"<@{stage.slack.bot_user_id}> {words}", thread_ts=thread_ts)


async def test_a_budget_refuses_in_one_sentence_and_others_go_on(temporal_address: str, tmp_path: Path) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="8.2") as stage:
        stage.gemini.script(text("Gladly."), text("And you, Ben."))
        first = ask(stage, stage.anna)
        assert await stage.answered(first) == ["Gladly."]

        (refused,) = await stage.answered(ask(stage, stage.anna))
        assert await stage.answered(ask(stage, stage.ben)) == ["And you, Ben."]
        ask(stage, stage.anna, thread_ts=first)
        await stage.answered(first, times=2)

        assert refused.startswith(
            "I can't answer, because your budget for today ($8.20) is used up: a new day begins in "
        )
        assert refused.endswith(", at midnight UTC.")
        assert stage.said(first)[1] == refused
        assert len(stage.gemini.requests) == 2


async def test_the_budget_of_a_channel_and_of_the_workspace_say_whose_they_are(
    temporal_address: str, tmp_path: Path
) -> None:
    budgets = {"AGENT_BUDGET_PER_CHANNEL": "8.2", "AGENT_BUDGET_PER_WORKSPACE": "14"}
    async with limited(temporal_address, tmp_path, **budgets) as stage:
        other, third = (stage.slack.add_channel(name, members=[stage.anna, stage.ben]) for name in ("random", "news"))
        stage.gemini.script(text("Gladly."), text("Here, too."))
        await stage.answered(ask(stage, stage.anna))

        (of_channel,) = await stage.answered(ask(stage, stage.ben))
        elsewhere = ask(stage, stage.ben, "x" * 4_000, channel=other)
        assert await stage.answered(elsewhere, other) == ["Here, too."]
        (of_workspace,) = await stage.answered(ask(stage, stage.ben, channel=third), third)

        assert "this channel's budget for today ($8.20) is used up" in of_channel
        assert "the budget of this workspace for today ($14.00) is used up" in of_workspace


async def test_a_turn_costs_one_action_more_and_a_chain_no_other_and_without_a_budget_none(
    temporal_address: str, tmp_path: Path
) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_WORKSPACE="5", GEMINI_PRICES="") as stage:
        stage.gemini.script(*(calls(("get_ip_address", {})) for _ in range(3)), text("Done."))
        await stage.answered(ask(stage, stage.anna))

        book = await settled_book(stage)
        requests = [request for request, _ in await asked(stage)]

        assert [(len(one.claims), len(one.settled)) for one in requests] == [(1, 0), (0, 1)]
        assert book.held == {}
        assert 0 < book.spent[WORKSPACE] == requests[1].settled[0].dollars

    quotas_off = {"AGENT_MAX_HOURLY_TURNS_PER_PERSON": "0", "AGENT_MAX_HOURLY_TURNS_PER_WORKSPACE": "0"}
    async with limited(temporal_address, tmp_path, **quotas_off) as stage:
        stage.gemini.script(text("Free."))
        await stage.answered(ask(stage, stage.anna))
        client, name = await stage.connected(), quota_workflow_id(stage.task_queue, stage.slack.team_id)
        handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(name)
        assert not await exists(handle)


async def test_neither_a_retry_nor_a_killed_worker_counts_twice(temporal_address: str, tmp_path: Path) -> None:
    """The first answer breaks off, the second attempt's worker is killed, the third answers."""
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="12") as stage:
        stage.gemini.script(finish(None, text("Broken")))
        hold = stage.gemini.hold()
        ts = ask(stage, stage.anna)
        await hold.reached()
        await stage.worker.kill()
        stage.gemini.script(text("At last."))
        await stage.worker.start()

        assert await stage.answered(ts) == ["At last."]

        book = await settled_book(stage)
        requests = [request for request, _ in await asked(stage)]
        (settled,) = {one.turn: one.dollars for request in requests for one in request.settled}.items()
        claimed = {claim.turn for request in requests for claim in request.claims}
        assert claimed == {settled[0]} == {f"{stage.channel}:{ts}"}
        assert book.spent[WORKSPACE] == settled[1] < NEEDED, "a second reservation would not have fitted"


async def test_money_that_runs_out_in_the_middle_of_a_turn_ends_it_and_says_what_was_done(
    temporal_address: str, tmp_path: Path
) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="8.2") as stage:
        stage.gemini.script(calls(("get_ip_address", {})))
        ts = ask(stage, stage.anna)

        (told,) = await stage.answered(ts)

        assert "your budget for today ($8.20) is used up" in told
        assert len(stage.gemini.requests) == 1
        assert 0 < (await settled_book(stage)).spent[WORKSPACE] < NEEDED


async def spent_once_settled(stage: Stage) -> float:
    """The dollars that count for Anna when nothing is held any more."""

    async def counted() -> float:
        book = await ledger(stage)
        return 0.0 if book.held else book.spent.get(f"person_budget:{stage.anna}", 0.0)

    return await eventually(counted)


async def test_a_stopped_call_costs_what_gemini_was_given(temporal_address: str, tmp_path: Path) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="100") as stage:
        hold = stage.gemini.hold()
        ts = ask(stage, stage.anna)
        await hold.reached()
        stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=ts)
        await stage.answered(ts)

        assert 8 <= await spent_once_settled(stage) < 9


async def test_what_an_attempt_before_the_stopped_one_has_cost_is_not_forgotten(
    temporal_address: str, tmp_path: Path
) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="100") as stage:
        stage.gemini.script(finish(None, text("Broken")))
        hold = stage.gemini.hold()
        ts = ask(stage, stage.anna)
        await hold.reached()
        stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=ts)
        await stage.answered(ts)

        of_stopped = 8.0  # for its input, of whose size nobody has told
        assert of_stopped < await spent_once_settled(stage) < of_stopped + 4


async def test_a_turn_that_is_stopped_in_its_first_call_holds_no_money_afterwards(
    temporal_address: str, tmp_path: Path
) -> None:
    async with limited(temporal_address, tmp_path, AGENT_BUDGET_PER_PERSON="100") as stage:
        stage.gemini.script(text("Gladly."))
        ts = ask(stage, stage.anna)
        await stage.answered(ts)
        for times in (2, 3):
            hold = stage.gemini.hold()
            ask(stage, stage.anna, thread_ts=ts)
            await hold.reached()
            stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=ts)
            await stage.answered(ts, times=times)

        async def is_free() -> bool:
            book = await ledger(stage)
            counted = [name for name in book.settled if ":call " in name]
            return not book.held and len(counted) == 2

        await eventually(is_free)


async def test_the_operator_is_told_once_of_a_budget_that_is_used_up_for_the_most_part(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        operators = stage.slack.add_channel("operators", members=[stage.ben, stage.slack.bot_user_id])
        settings = {"AGENT_BUDGET_PER_WORKSPACE": "8.2", "AGENT_BUDGET_CHANNEL": operators, "LOG_FORMAT": "json"}
        stage.worker = stage.process("agent_worker", ready="worker is ready", **(PRICES | settings))
        await stage.start()
        stage.gemini.script(text("Gladly."))
        await stage.answered(ask(stage, stage.anna))
        await stage.answered(ask(stage, stage.ben))
        await stage.slack.until(lambda: told_in(stage, operators))

        async def is_noted() -> bool:
            return any(request.told for request, _ in await asked(stage))

        await eventually(is_noted)
        await stage.worker.kill()
        await stage.worker.start()
        await stage.answered(ask(stage, stage.ben))

        (told,) = told_in(stage, operators)
        assert told.startswith("Today $")
        assert "of $8.20 are used up in the budget of this workspace." in told
        assert sum(WARNED in line for line in stage.worker.lines) == 1


async def test_a_model_without_a_price_is_not_used_where_there_is_a_budget(
    temporal_address: str, tmp_path: Path
) -> None:
    settings = {"AGENT_BUDGET_PER_PERSON": "1", "GEMINI_MODEL": "gemini-9-unheard-of"}
    async with limited(temporal_address, tmp_path, **settings) as stage:
        (told,) = await stage.answered(ask(stage, stage.anna))

        assert told == (
            "I can't answer: I have a budget, and what my model costs is not known. Whoever runs me can name its price."
        )
        assert stage.gemini.requests == []
        assert any("a model has no known price" in line for line in stage.worker.lines)


async def settled_book(stage: Stage) -> Ledger:
    """Once something is settled and nothing is held: a turn is settled while its answer is delivered."""

    async def book() -> Ledger | None:
        found = await ledger(stage)
        return found if found.settled and not found.held else None

    found = await eventually(book)
    assert found is not None
    return found


def told_in(stage: Stage, channel: str) -> list[str]:
    posts = stage.slack.messages(channel)
    return [stage.slack.visible_text(post) for post in posts if post.user == stage.slack.bot_user_id]
