"""Promises of reading Slack's history: what an event would have brought is found, and nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import HttpUrl, SecretStr

from agent_worker.contract.messages import SaidToOthers, Thread
from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from process.slack import Identity, open_client
from slackbot.catch_up.slack_history import PAGE, ROOT_PAGES, ROOTS_SINCE, SlackHistory

NOON = 1_766_458_000.0


@dataclass(frozen=True)
class Stage:
    slack: SlackEmulator
    history: SlackHistory
    anna: str
    channel: str

    def mention(self, text: str = "hello", thread_ts: str | None = None) -> str:
        return self.slack.say(self.anna, self.channel, f"<@{self.slack.bot_user_id}> {text}", thread_ts=thread_ts)

    def thread(self, thread_ts: str) -> Thread:
        return Thread(team=self.slack.team_id, channel=self.channel, thread_ts=thread_ts)

    async def found(self, oldest: float, *ours: str) -> list[str]:
        """The `ts` of each message that may be for the agent; `ours` are the open threads."""
        written = await self.history.since(oldest, [self.thread(ts) for ts in ours])
        return [incoming.message.ts for incoming in written]

    def calls(self, method: str) -> int:
        return [call.method for call in self.slack.calls].count(method)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with SlackEmulator(clock=Clock(running=False, start=NOON)) as slack:
        anna = slack.add_user("anna")
        channel = slack.add_channel("general", members=[anna])
        async with open_client(HttpUrl(slack.api_url), SecretStr(slack.bot_token)) as client:
            bot = Identity(slack.team_id, slack.bot_user_id, slack.bot_id)
            yield Stage(slack, SlackHistory(client, bot), anna, channel)


async def test_what_was_written_later_is_found_oldest_first_wherever_it_was_written(stage: Stage) -> None:
    slack = stage.slack
    stage.mention("too early")
    slack.clock.advance(10)
    direct = slack.open_dm(stage.anna)
    private = slack.add_channel("secrets", members=[stage.anna], is_private=True)
    written = [
        slack.say(stage.anna, direct, "first"),
        stage.mention("second"),
        slack.say(stage.anna, private, f"<@{slack.bot_user_id}> third"),
        slack.say(stage.anna, direct, "fourth"),
    ]
    slack.say(stage.anna, stage.channel, "to nobody")

    assert await stage.found(NOON + 5) == written


async def test_an_older_message_of_a_channel_is_found_if_it_was_edited_later_to_mention_the_agent(stage: Stage) -> None:
    slack = stage.slack
    edited, others = (slack.say(stage.anna, stage.channel, words) for words in ("who knows?", "nobody knows"))
    slack.clock.advance(10)
    slack.edit(stage.channel, edited, f"<@{slack.bot_user_id}> who knows?")
    slack.edit(stage.channel, others, "nobody knows that")

    (incoming,) = await stage.history.since(NOON + 5, [])

    assert (incoming.message.ts, incoming.message.addressed) == (edited, True)
    assert float(incoming.message.addressed_at) == NOON + 10


async def test_what_was_said_to_others_comes_with_the_reply_that_follows_it(stage: Stage) -> None:
    slack = stage.slack
    root = stage.mention()
    before = slack.say(stage.anna, stage.channel, "and now?", thread_ts=root)
    to_ben = slack.say(stage.anna, stage.channel, "<@U0BEN> which one?", thread_ts=root)
    asked = [slack.say_as_other_bot(stage.channel, words, thread_ts=root) for words in ("Which?", "Please: which?")]
    reply = slack.say(stage.anna, stage.channel, "high", thread_ts=root)

    found = {incoming.message.ts: incoming.after for incoming in await stage.history.since(NOON - 5, [])}

    assert found == {root: (), before: (), reply: (SaidToOthers(ts=to_ben), SaidToOthers(ts=asked[1], by_app=True))}


async def test_it_reads_as_the_event_did(stage: Stage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "fish &amp; chips")
    stage.slack.say(stage.anna, direct, "more", thread_ts=root)

    first, second = await stage.history.since(NOON - 5, [])

    assert first.thread == second.thread == Thread(team=stage.slack.team_id, channel=direct, thread_ts=root)
    assert (first.message.text, first.message.user, first.message.direct) == ("fish &amp; chips", stage.anna, True)
    assert not first.only_if_taking_part


async def test_files_and_attachments_are_found_with_their_message(stage: Stage) -> None:
    eve = stage.slack.add_user("eve", team_id="T9")
    shared = stage.slack.add_channel("shared", members=[eve], is_shared=True)
    forwarded = {"author_id": stage.anna, "text": "the answer is 7"}
    file = {"name": "plan.pdf", "mimetype": "application/pdf", "content": b"%PDF"}
    text = f"<@{stage.slack.bot_user_id}> look"
    ts = stage.slack.say(eve, shared, text, files=[file], attachments=[forwarded])

    (found,) = await stage.history.since(NOON - 5, [])

    assert (found.message.ts, found.message.team, found.message.attachments) == (ts, "T9", [forwarded])
    assert [(file.name, file.size) for file in found.message.files] == [("plan.pdf", 4)]


async def test_a_reply_that_says_stop_is_found_as_such_and_a_deleted_message_is_not(stage: Stage) -> None:
    root = stage.mention("a long story")
    gone = stage.slack.say(stage.anna, stage.channel, "never mind", thread_ts=root)
    stage.slack.say(stage.anna, stage.channel, "stop", thread_ts=root)
    stage.slack.delete(stage.channel, gone)

    found = await stage.history.since(NOON - 5, [])

    assert [(one.message.text[-12:], one.message.addressed, one.says_stop) for one in found] == [
        ("a long story", True, False),
        ("stop", False, True),
    ]


async def test_replies_are_found_by_the_last_reply_of_an_old_thread(stage: Stage) -> None:
    old, still = stage.mention("old"), stage.mention("still")
    stage.slack.say(stage.anna, stage.channel, "early reply", thread_ts=still)
    stage.slack.clock.advance(3_600)
    late = stage.slack.say(stage.anna, stage.channel, "late reply", thread_ts=old)

    assert await stage.found(NOON + 1_800) == [late]
    assert stage.calls("conversations.replies") == 1


async def test_an_open_thread_whose_first_message_is_too_old_to_be_found_is_read(stage: Stage) -> None:
    old = stage.mention("old")
    stage.slack.clock.advance(ROOTS_SINCE + 3_600)
    late = stage.slack.say(stage.anna, stage.channel, "late reply", thread_ts=old)
    now = stage.slack.clock.now()

    assert await stage.found(now - 5, old, "1.000000") == [late]  # a thread that Slack no longer has is left out


async def test_a_reply_that_was_also_sent_to_the_channel_is_found_once(stage: Stage) -> None:
    root = stage.mention("root")
    reply = stage.slack.say(stage.anna, stage.channel, "for all", thread_ts=root, subtype="thread_broadcast")

    assert await stage.found(NOON - 5) == [root, reply]


async def test_long_listings_are_read_to_their_end(stage: Stage) -> None:
    first = stage.mention("first")
    for number in range(PAGE + 5):
        stage.slack.say(stage.anna, stage.channel, f"to nobody {number}")

    assert await stage.found(NOON - 5) == [first]
    assert stage.calls("conversations.history") == 2


async def test_in_a_busy_channel_a_mention_after_thousands_of_messages_is_found(stage: Stage) -> None:
    for number in range(ROOT_PAGES * PAGE + 200):
        stage.slack.say(stage.anna, stage.channel, str(number))
    stage.slack.clock.advance(3_600.0)
    before = stage.slack.clock.now()
    missed = stage.mention()

    assert await stage.found(before - 60.0) == [missed]
    assert stage.calls("conversations.history") <= ROOT_PAGES + 1


async def test_where_the_bot_is_no_member_it_does_not_look(stage: Stage) -> None:
    stage.slack.add_channel("elsewhere", members=[stage.anna], bot_is_member=False)
    gone = stage.slack.add_channel("gone", members=[stage.anna])
    stage.slack.archive(gone)

    await stage.found(NOON - 5)

    assert {call.arguments["channel"] for call in stage.slack.calls if "channel" in call.arguments} == {stage.channel}


async def test_without_a_scope_the_other_kinds_are_read(stage: Stage) -> None:
    stage.slack.revoke("im:read", "mpim:read", "groups:read")
    ts = stage.mention()

    assert await stage.found(NOON - 5) == [ts]
