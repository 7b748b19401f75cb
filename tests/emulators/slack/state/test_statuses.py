"""Status lines and agent sessions, on a clock that the test turns."""

from __future__ import annotations

from tests.support.emulators.scene import NOON, Scene


async def test_a_status_line_disappears_after_two_minutes(still: Scene) -> None:
    root = still.ask()
    await still.show_status(root, "is thinking…")

    still.slack.clock.advance(119.0)
    assert still.slack.status(still.general, root) == "is thinking…"
    still.slack.clock.advance(1.0)

    assert still.slack.status(still.general, root) == ""
    assert still.slack.status_log(still.general, root) == [(NOON, "is thinking…"), (NOON + 120.0, "")]


async def test_setting_the_status_again_starts_the_two_minutes_anew(still: Scene) -> None:
    root = still.ask()
    await still.show_status(root, "is thinking…")
    still.slack.clock.advance(100.0)
    await still.show_status(root, "is reading…")

    still.slack.clock.advance(100.0)

    assert still.slack.status(still.general, root) == "is reading…"


async def test_a_post_of_the_app_in_the_thread_takes_the_status_away(still: Scene) -> None:
    root, other = still.ask(), still.ask()
    await still.show_status(root, "is thinking…")
    await still.show_status(other, "is thinking…")

    still.slack.say(still.anna, still.general, "hurry", thread_ts=root)
    assert still.slack.status(still.general, root)
    await still.client.chat_postMessage(channel=still.general, text="done", thread_ts=root)

    assert still.slack.status(still.general, root) == ""
    assert still.slack.status(still.general, other) == "is thinking…"


async def test_an_empty_status_takes_the_line_away(still: Scene) -> None:
    root = still.ask()
    await still.show_status(root, "is thinking…")

    await still.show_status(root, "")

    assert [status for _, status in still.slack.status_log(still.general, root)] == ["is thinking…", ""]


async def test_a_status_line_moves_the_session_along(still: Scene) -> None:
    root = still.ask()
    assert still.slack.session(still.general, root) is None

    states = []
    for status in ("is thinking…", ""):
        await still.show_status(root, status)
        session = still.slack.session(still.general, root)
        assert session is not None
        states.append(session.status)

    assert states == ["processing", "active"]


async def test_a_session_that_processes_is_active_again_after_an_hour(still: Scene) -> None:
    root = still.ask()
    answer = await still.client.agents_sessions_setStatus(
        channel_id=still.general, thread_ts=root, status="processing", title="Work"
    )
    session = still.slack.session(still.general, root)
    assert session is not None

    still.slack.clock.advance(3_599.0)
    before = session.status
    still.slack.clock.advance(1.0)

    assert (answer["status"], answer["agent_status"], answer["title"]) == ("processing", "processing", "Work")
    assert (before, session.status) == ("processing", "active")
    assert "warning" not in answer.data
