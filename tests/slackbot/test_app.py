"""Promises of the Bolt app, tested with real Socket Mode: an event is acknowledged once it is stored, not before."""

from __future__ import annotations

from tests.support.slackbot.connection import ConnectionStage, connected


async def test_a_message_is_acknowledged_once_it_is_stored_and_not_before(stage: ConnectionStage) -> None:
    stage.storage.hold()
    async with connected(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: len(stage.storage.waiting) == 2)
        before = stage.acknowledged(ts)

        stage.storage.go_on()
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert before == [False, False]
    assert stage.storage.stored == [ts, ts]


async def test_a_message_that_could_not_be_stored_is_not_acknowledged_and_comes_again(stage: ConnectionStage) -> None:
    stage.storage.refuses = True
    async with connected(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: len(stage.storage.waiting) == 2)
        last = stage.slack.say(
            stage.anna, stage.channel, "to nobody"
        )  # ignored, and acknowledged after the refused one
        await stage.slack.until(lambda: all(stage.acknowledged(last)))
        refused = stage.acknowledged(ts)

        stage.storage.refuses = False
        stage.slack.clock.advance(3)
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert refused == [False, False]
    assert stage.storage.stored == [ts, ts]


async def test_events_without_a_listener_are_acknowledged(stage: ConnectionStage) -> None:
    async with connected(stage):
        ts = stage.slack.say(stage.anna, stage.channel, "to nobody")
        stage.slack.unfurl(stage.channel, ts)
        stage.slack.join(stage.slack.add_user("ben"), stage.channel)
        stage.slack.open_app_home(stage.anna)
        stage.slack._backend.statuses.set_text(stage.channel, ts, "is thinking…")  # so that there is a stop button
        stage.slack.press_stop(stage.anna, stage.channel, ts)

        await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))

    assert stage.storage.waiting == []


async def test_the_app_asks_slack_for_nothing_but_its_connection(stage: ConnectionStage) -> None:
    async with connected(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert {call.method for call in stage.slack.calls} == {"apps.connections.open"}


async def test_a_failing_auth_test_drops_no_event(stage: ConnectionStage) -> None:
    stage.slack.faults.add(method="auth.test", kind="error", error="invalid_auth", times=None)
    async with connected(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: all(stage.acknowledged(ts)))

    assert stage.storage.stored == [ts, ts]


async def test_a_message_that_could_not_be_stored_counts_as_missed(stage: ConnectionStage) -> None:
    stage.storage.refuses = True
    async with connected(stage):
        ts = stage.mention()
        await stage.slack.until(lambda: len(stage.storage.waiting) == 2)

        assert await stage.gaps.next() == float(ts)
