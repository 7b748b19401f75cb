"""Promises to people who edit or delete a message: an open conversation receives the change, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agent_worker.contract.messages import MessageChange, Thread
from slackbot.events.message_changes import IncomingChange, is_about_change, read
from slackbot.events.messages import Ignored
from tests.slackbot.events.test_messages import BOT, NOW, ROOT, Event, body, message, reply
from tests.support.slackbot.stored_signals import SignalStage, signal_stage

AT = "1766458040.000100"
EDITED = {"user": "U1", "ts": "1766458040.000000"}


@pytest.fixture
async def stage(temporal_address: str) -> AsyncIterator[SignalStage]:
    async with signal_stage(temporal_address) as stage:
        yield stage


def changed(before: Event, after: Event) -> Event:
    event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": "C1", "ts": AT, "event_ts": AT}
    return event | {"channel_type": "channel", "message": inner(after), "previous_message": inner(before)}


def deleted(before: Event) -> Event:
    event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": "C1", "ts": AT, "event_ts": AT}
    return event | {"channel_type": "channel", "deleted_ts": NOW, "previous_message": inner(before)}


def inner(event: Event) -> Event:
    """A message as the event of its change contains it."""
    return {name: value for name, value in event.items() if name not in {"channel", "event_ts", "channel_type"}}


TOMBSTONE = message("This message was deleted.", subtype="tombstone", hidden=True, user="USLACKBOT", thread_ts=NOW)
OWN = {"user": "UBOT", "bot_id": "B1", "app_id": "A1"}
PREVIEW = {"from_url": "https://example.com/", "title": "Example", "fallback": "Example", "id": 1}
NO_CHANGES = [
    pytest.param(changed(message(), message(attachments=[PREVIEW])), id="a link preview"),
    pytest.param(
        changed(message(edited=EDITED), message(edited=EDITED, attachments=[PREVIEW])), id="one after an edit"
    ),
    pytest.param(changed(message(), message(thread_ts=NOW, reply_count=1, latest_reply=AT)), id="a thread has grown"),
    pytest.param(changed(message("a"), message("b")), id="another text that nobody wrote"),
    pytest.param(changed(reply("a", **OWN), reply("b", **OWN, edited={"user": "B1", "ts": AT})), id="its own update"),
    pytest.param(changed(reply("a", bot_id="B2"), reply("b", bot_id="B2", edited=EDITED)), id="another app's update"),
    pytest.param(deleted(reply(**OWN)), id="its own message goes"),
    pytest.param(deleted(message(subtype="channel_join")), id="a notice goes"),
    pytest.param(changed(reply(**OWN), TOMBSTONE), id="what is left of its own message"),
    pytest.param(changed(message("a"), message("b", edited=EDITED)) | {"channel": None}, id="a change nowhere"),
    pytest.param(changed(message("a"), message("b", edited=EDITED)) | {"event_ts": None, "ts": 5}, id="… at no time"),
    pytest.param({"type": "message", "subtype": "message_changed"}, id="a change of nothing"),
    pytest.param({"type": "message", "subtype": "message_deleted", "channel": "C1"}, id="nothing goes"),
]


def test_an_edit_is_a_change_with_the_new_text() -> None:
    decision = read(body(changed(reply("a"), reply("b", edited=EDITED))), BOT)

    thread = Thread(team="T1", channel="C1", thread_ts=ROOT)
    assert decision == IncomingChange(thread, MessageChange(ts=NOW, at=AT, text="b", user="U1"))


def test_the_first_message_of_a_thread_is_changed_in_its_own_thread() -> None:
    decision = read(body(changed(message("a"), message("b", edited=EDITED))), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.thread.thread_ts == NOW


def test_an_edit_keeps_what_is_attached() -> None:
    forwarded = {"author_id": "U2", "text": "from elsewhere"}

    decision = read(body(changed(reply("a"), reply("b", edited=EDITED, attachments=[forwarded]))), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.change.attachments == [forwarded]


def test_of_two_edits_within_a_second_the_second_counts_too() -> None:
    decision = read(body(changed(reply("b", edited=EDITED), reply("c", edited=EDITED))), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.change.text == "c"


@pytest.mark.parametrize("event", [deleted(reply()), changed(reply(), TOMBSTONE | {"thread_ts": ROOT})])
def test_a_deleted_message_is_gone_whether_or_not_a_tombstone_is_left(event: Event) -> None:
    decision = read(body(event), BOT)

    thread = Thread(team="T1", channel="C1", thread_ts=ROOT)
    assert isinstance(decision, IncomingChange)
    assert (decision.thread, decision.change) == (thread, MessageChange(ts=NOW, at=AT, deleted=True))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(deleted(reply(bot_id="B2")), id="another app's message"),
        pytest.param(deleted({}), id="Slack does not say what was deleted"),
    ],
)
def test_whatever_the_agent_may_have_read_can_be_deleted(event: Event) -> None:
    decision = read(body(event), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.change == MessageChange(ts=NOW, at=AT, deleted=True)


def test_a_deletion_says_whether_the_message_was_for_the_agent() -> None:
    to_the_agent, to_others = read(body(deleted(message("<@UBOT> a"))), BOT), read(body(deleted(message("a"))), BOT)

    assert isinstance(to_the_agent, IncomingChange)
    assert to_the_agent.asked is not None
    assert isinstance(to_others, IncomingChange)
    assert to_others.asked is None


def test_an_edit_of_what_is_attached_alone_is_a_change() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "hunter2"}]]}

    decision = read(body(changed(reply("a", blocks=[table]), reply("a", edited=EDITED))), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.change.attachments == []


@pytest.mark.parametrize("event", NO_CHANGES)
def test_an_event_without_a_persons_change_is_ignored(event: Event) -> None:
    assert is_about_change(body(event))
    assert isinstance(read(body(event), BOT), Ignored)


def test_an_edit_by_an_allowed_app_is_a_change() -> None:
    app: dict[str, Any] = {"bot_id": "B2", "user": "U9"}
    event = changed(reply("a", **app), reply("b", **app, edited=EDITED))

    assert isinstance(read(body(event), BOT, ["b2"]), IncomingChange)


def test_the_team_of_a_change_is_the_one_that_installed_the_app() -> None:
    decision = read(body(changed(reply("a"), reply("b", edited=EDITED, team="T9")), team_id="T9"), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.thread.team == "T1"


# Through Slack, to Temporal


async def test_an_edit_reaches_the_conversation(stage: SignalStage) -> None:
    root = await stage.ask("one")
    reply_ts = await stage.reply(root, "two")

    stage.slack.edit(stage.channel, root, f"{stage.at_bot} uno")
    stage.slack.edit(stage.channel, reply_ts, "due")
    await stage.heard()

    changes = [one for one in await stage.stored(root) if isinstance(one, MessageChange)]
    assert sorted((one.ts, one.text, one.deleted) for one in changes) == [
        (root, f"{stage.at_bot} uno", False),
        (reply_ts, "due", False),
    ]
    assert all(float(one.at) > float(reply_ts) for one in changes)


async def test_a_deletion_reaches_the_conversation(stage: SignalStage) -> None:
    root = await stage.ask()
    reply_ts = await stage.reply(root, "forget it")

    stage.slack.delete(stage.channel, reply_ts)
    await stage.heard()

    change = (await stage.stored(root))[-1]
    assert isinstance(change, MessageChange)
    assert (change.ts, change.deleted) == (reply_ts, True)


async def test_previews_and_counters_do_not_reach_the_conversation(stage: SignalStage) -> None:
    root = await stage.ask("see <https://example.com/>")
    await stage.reply(root, "and?")
    before = await stage.stored(root)

    stage.slack.unfurl(stage.channel, root)
    stage.slack.recount(stage.channel, root)
    await stage.heard()

    assert await stage.stored(root) == before


AT_BOT = "<@UBOT> b"


@pytest.mark.parametrize("kind", [message, reply])
def test_an_edit_that_mentions_the_agent_for_the_first_time_brings_the_message_too(
    kind: Callable[..., Event],
) -> None:
    decision = read(body(changed(kind("a"), kind(AT_BOT, edited=EDITED))), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.addressed is not None
    said = decision.addressed.message
    assert (said.ts, said.text, said.addressed, said.addressed_at) == (NOW, AT_BOT, True, AT)
    assert decision.addressed.thread == decision.thread


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        pytest.param("<@UBOT> a", AT_BOT, {}, id="it did before"),
        pytest.param(AT_BOT, "b", {}, id="it does no longer"),
        pytest.param("a", "<@U2> b", {}, id="it mentions somebody else"),
        pytest.param("a", AT_BOT, {"channel_type": "im", "channel": "D1"}, id="all of these are for the agent"),
    ],
)
def test_any_other_edit_brings_the_change_alone(before: str, after: str, more: Event) -> None:
    decision = read(body(changed(message(before), message(after, edited=EDITED)) | more), BOT)

    assert isinstance(decision, IncomingChange)
    assert decision.addressed is None


async def test_a_change_that_addresses_nobody_starts_no_conversation(stage: SignalStage) -> None:
    nobodys = stage.slack.say(stage.anna, stage.channel, "to nobody")
    edited = stage.slack.say(stage.anna, stage.channel, "to nobody either")
    closed = await stage.ask()
    await stage.close(closed)
    before = await stage.stored(closed)

    stage.slack.edit(stage.channel, edited, "to others")
    stage.slack.edit(stage.channel, nobodys, "to nobody at all")
    stage.slack.delete(stage.channel, nobodys)
    stage.slack.edit(stage.channel, closed, "never mind")
    await stage.heard()

    assert await stage.stored(nobodys) == await stage.stored(edited) == []
    assert await stage.stored(closed) == before


async def test_slack_sends_a_change_again_that_temporal_did_not_take(stage: SignalStage) -> None:
    root = await stage.ask()
    stage.line.is_dead = True
    stage.slack.edit(stage.channel, root, f"{stage.at_bot} later")
    await stage.slack.until(lambda: stage.line.refused)
    assert len(await stage.stored(root)) == 1

    stage.line.is_dead = False
    stage.slack.clock.advance(3)
    await stage.heard()

    change = (await stage.stored(root))[-1]
    assert isinstance(change, MessageChange)
    assert change.text == f"{stage.at_bot} later"
