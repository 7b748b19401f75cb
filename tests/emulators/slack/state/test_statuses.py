"""Status lines and agent sessions, on a clock that the test turns."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import NOON, Scene, heard, refusal, scene


def _thread(still: Scene) -> str:
    return still.slack.say(still.anna, still.general, "question")


async def _status(still: Scene, thread_ts: str, status: str) -> None:
    await still.client.assistant_threads_setStatus(channel_id=still.general, thread_ts=thread_ts, status=status)


async def test_a_status_line_disappears_after_two_minutes(still: Scene) -> None:
    root = _thread(still)
    await _status(still, root, "is thinking…")

    still.slack.clock.advance(119.0)
    assert still.slack.status(still.general, root) == "is thinking…"
    still.slack.clock.advance(1.0)

    assert still.slack.status(still.general, root) == ""
    assert still.slack.status_log(still.general, root) == [(NOON, "is thinking…"), (NOON + 120.0, "")]


async def test_setting_the_status_again_starts_the_two_minutes_anew(still: Scene) -> None:
    root = _thread(still)
    await _status(still, root, "is thinking…")
    still.slack.clock.advance(100.0)
    await _status(still, root, "is reading…")

    still.slack.clock.advance(100.0)

    assert still.slack.status(still.general, root) == "is reading…"


async def test_a_post_of_the_app_in_the_thread_takes_the_status_away(still: Scene) -> None:
    root, other = _thread(still), _thread(still)
    await _status(still, root, "is thinking…")
    await _status(still, other, "is thinking…")

    still.slack.say(still.anna, still.general, "hurry", thread_ts=root)
    assert still.slack.status(still.general, root)
    await still.client.chat_postMessage(channel=still.general, text="done", thread_ts=root)

    assert still.slack.status(still.general, root) == ""
    assert still.slack.status(still.general, other) == "is thinking…"


async def test_an_empty_status_takes_the_line_away(still: Scene) -> None:
    root = _thread(still)
    await _status(still, root, "is thinking…")

    await _status(still, root, "")

    assert [status for _, status in still.slack.status_log(still.general, root)] == ["is thinking…", ""]


async def test_a_status_needs_a_thread_that_exists(still: Scene) -> None:
    root = _thread(still)
    reply = still.slack.say(still.anna, still.general, "reply", thread_ts=root)

    for thread_ts in ("1.000000", reply):
        call = still.client.assistant_threads_setStatus(channel_id=still.general, thread_ts=thread_ts, status="x")
        assert (await refusal(call))["error"] == "invalid_thread_ts"


async def test_a_status_line_moves_the_session_along(still: Scene) -> None:
    root = _thread(still)
    assert still.slack.session(still.general, root) is None

    states = []
    for status in ("is thinking…", ""):
        await _status(still, root, status)
        session = still.slack.session(still.general, root)
        assert session is not None
        states.append(session.status)

    assert states == ["processing", "active"]


async def test_a_session_that_processes_is_active_again_after_an_hour(still: Scene) -> None:
    root = _thread(still)
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


async def test_without_the_stop_event_a_session_warns() -> None:
    async with scene(events=["app_mention"]) as stage:
        root = _thread(stage)
        answer = await stage.client.agents_sessions_setStatus(
            channel_id=stage.general, thread_ts=root, status="processing"
        )

    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"status": "busy", "thread_ts": "root"}, "invalid_status"),
        ({"status": "active"}, "thread_ts_required"),
        ({"status": "active", "thread_ts": "1.000000"}, "invalid_thread_ts"),
        ({"status": "active", "thread_ts": "root", "initiator_user_id": "U-nobody"}, "user_not_found"),
        ({"status": "active", "thread_ts": "root", "title": "x" * 201}, "invalid_arguments"),
    ],
)
async def test_a_session_refuses_what_slack_refuses(still: Scene, arguments: dict[str, str], error: str) -> None:
    root = _thread(still)
    filled = {name: root if value == "root" else value for name, value in arguments.items()}

    body = await refusal(
        still.client.api_call("agents.sessions.setStatus", json={"channel_id": still.general} | filled)
    )

    assert body["error"] == error


async def test_a_session_is_renamed_once_it_exists(still: Scene) -> None:
    root = _thread(still)
    rename = {"channel_id": still.general, "thread_ts": root, "title": "New"}
    assert (await refusal(still.client.agents_sessions_rename(**rename)))["error"] == "session_not_found"
    await _status(still, root, "is thinking…")

    await still.client.agents_sessions_rename(**rename)

    session = still.slack.session(still.general, root)
    assert session is not None
    assert session.title == "New"


async def test_the_app_is_told_of_the_titles_that_people_give_and_not_of_its_own(still: Scene) -> None:
    slack, root = still.slack, _thread(still)
    await _status(still, root, "is thinking…")
    slack.rename_session(still.anna, still.general, root, "Lunch")
    await still.client.agents_sessions_rename(channel_id=still.general, thread_ts=root, title="Weather")
    slack.rename_session(still.anna, still.general, root, "Dinner")

    events = [body["event"] for body in await heard(still, 3)]

    first, second = sorted(
        (event for event in events if event["type"] != "message"), key=lambda event: event["event_ts"]
    )
    thread = {"channel": still.general, "thread_ts": root, "user": still.anna, "team_id": slack.team_id}
    told = {"type": "agent_session_title_changed", "event_ts": first["event_ts"], "title": "Lunch"}
    assert first == thread | told  # without a `previous_title`, as there was none
    assert (second["title"], second["previous_title"]) == ("Dinner", "Weather")
    session = slack.session(still.general, root)
    assert session is not None
    assert session.title == "Dinner"


async def test_people_rename_only_conversations_that_they_see_with_titles_that_fit(still: Scene) -> None:
    slack = still.slack
    ben = slack.add_user("ben")
    secret = slack.add_channel("secret", members=[ben], is_private=True)
    root, hidden = _thread(still), slack.say(ben, secret, "question")
    with pytest.raises(ValueError, match="no conversation"):
        slack.rename_session(still.anna, still.general, root, "Lunch")
    for channel, thread_ts in ((still.general, root), (secret, hidden)):
        await still.client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread_ts, status="active")

    with pytest.raises(ValueError, match="not a member"):
        slack.rename_session(still.anna, secret, hidden, "Lunch")
    for title in ("", "x" * 201):
        with pytest.raises(ValueError, match="1 to 200"):
            slack.rename_session(still.anna, still.general, root, title)
    slack.rename_session(still.anna, still.general, root, "x" * 200)


async def test_a_renamed_session_is_told_only_to_an_app_that_subscribed() -> None:
    async with scene(events=["agent_session_stopped"]) as stage:
        root = _thread(stage)
        await _status(stage, root, "is thinking…")

        stage.slack.rename_session(stage.anna, stage.general, root, "Lunch")

        assert stage.slack.deliveries == []


async def test_titles_and_prompts_of_threads_in_direct_messages_are_accepted(still: Scene) -> None:
    dm = still.slack.open_dm(still.anna)
    root = still.slack.say(still.anna, dm, "hello")

    await still.client.assistant_threads_setTitle(channel_id=dm, thread_ts=root, title="Title")
    await still.client.assistant_threads_setSuggestedPrompts(channel_id=dm, prompts=[{"title": "t", "message": "m"}])
    many = still.client.assistant_threads_setSuggestedPrompts(
        channel_id=dm, prompts=[{"title": "t", "message": "m"}] * 5
    )

    assert (await refusal(many))["error"] == "invalid_arguments"
    session = still.slack.session(dm, root)
    assert session is not None
    assert session.title == "Title"
