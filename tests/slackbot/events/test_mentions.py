"""Promises about what Temporal stores of a mention or a reply: its files, its author's workspace, who began."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_worker.contract.names import MEMO_USER
from tests.support.slackbot.stored_signals import SignalStage, signal_stage

PLAN = {"name": "plan.pdf", "mimetype": "application/pdf", "content": b"%PDF-1.7"}


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


@pytest.mark.parametrize("seed", range(6))  # decides which of the two events comes first
async def test_the_file_of_a_mention_is_stored_whichever_of_its_two_events_comes_first(
    temporal_address: str, seed: int
) -> None:
    async with signal_stage(temporal_address, seed=seed, mentions_without_files=True) as stage:
        ts = await stage.ask("read this", files=[PLAN])

        messages = await stage.messages(ts)

    assert {message.ts for message in messages} == {ts}
    assert ["plan.pdf"] in [[file.name for file in message.files] for message in messages]


async def test_a_mention_whose_two_events_both_have_the_file_is_stored_once(stage: SignalStage) -> None:
    ts = await stage.ask("read this", files=[PLAN])

    (message,) = await stage.messages(ts)

    assert [(file.name, file.mimetype, file.size) for file in message.files] == [("plan.pdf", "application/pdf", 8)]
    assert message.text == f"{stage.at_bot} read this"


async def test_a_forwarded_message_is_stored_with_the_message_that_brings_it(stage: SignalStage) -> None:
    forwarded = {"author_id": stage.ben, "text": "the answer is 7", "is_share": True}

    ts = await stage.ask("what about this?", attachments=[forwarded])

    (message,) = await stage.messages(ts)
    assert message.attachments == [{"author_id": stage.ben, "text": "the answer is 7"}]


async def test_a_reply_is_stored_and_says_that_it_is_not_written_to_the_agent(stage: SignalStage) -> None:
    root = await stage.ask()

    await stage.reply(root, "and tomorrow?", stage.ben)
    await stage.reply(root, f"what do you think, <@{stage.ben}>?")  # this one is not for the agent

    messages = await stage.messages(root)
    assert [(message.user, message.addressed) for message in messages] == [(stage.anna, True), (stage.ben, False)]


async def test_the_workspace_of_an_author_from_another_one_is_stored(stage: SignalStage) -> None:
    eve = stage.slack.add_user("eve", team_id="T9")
    shared = stage.slack.add_channel("shared", members=[stage.anna, eve], is_shared=True)
    theirs = stage.slack.say(eve, shared, f"{stage.at_bot} hello")
    ours = stage.slack.say(stage.anna, shared, f"{stage.at_bot} hello")
    await stage.heard()

    teams = [(await stage.messages(ts, shared))[0].team for ts in (theirs, ours)]

    assert teams == ["T9", ""]


async def test_a_conversation_remembers_who_began_it(stage: SignalStage) -> None:
    root = await stage.ask()
    await stage.reply(root, f"{stage.at_bot} me too", stage.ben)

    assert await (await stage.conversation(root).describe()).memo() == {MEMO_USER: stage.anna}
