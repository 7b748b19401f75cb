"""What people do with the agent, and what the app is told of it."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene, heard, scene
from tests.support.emulators.views import (
    home,
    publish,
)


async def test_opening_the_apps_page_and_pressing_stop_are_told(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "work")
    await stage.show_status(root, "is thinking…")
    slack.open_app_home(stage.anna)
    slack.press_stop(stage.anna, stage.general, root)

    events = {body["event"]["type"]: body["event"] for body in await heard(stage, 3)}

    assert events["app_home_opened"]["tab"] == "messages"
    assert events["app_home_opened"]["channel"] == slack.open_dm(stage.anna)
    assert events["agent_session_stopped"]["thread_ts"] == root


async def test_a_session_has_a_stop_button_only_while_it_is_processing(still: Scene) -> None:
    slack, root = still.slack, still.ask()
    with pytest.raises(ValueError, match="no stop button"):
        slack.press_stop(still.anna, still.general, root)
    await still.show_status(root, "is thinking…")
    slack.press_stop(still.anna, still.general, root)
    await still.show_status(root, "")

    with pytest.raises(ValueError, match="no stop button"):
        slack.press_stop(still.anna, still.general, root)


async def test_without_the_event_there_is_no_stop_button() -> None:
    async with scene(events=["message.channels"]) as stage:
        root = stage.ask()
        await stage.show_status(root, "is thinking…")

        with pytest.raises(ValueError, match="no stop button"):
            stage.slack.press_stop(stage.anna, stage.general, root)


async def test_an_agent_is_told_what_people_look_at(stage: Scene) -> None:
    slack = stage.slack
    slack.look_at(stage.anna, stage.general)
    slack.look_at(stage.anna, None)

    events = sorted([body["event"] for body in await heard(stage, 2)], key=lambda event: str(event["event_ts"]))

    entity = {"type": "slack#/types/channel_id", "value": stage.general, "team_id": slack.team_id}
    assert [event["context"] for event in events] == [{"entities": [entity]}, {}]
    assert {(event["type"], event["user"], event["channel"]) for event in events} == {
        ("app_context_changed", stage.anna, slack.open_dm(stage.anna))
    }


async def test_direct_messages_and_the_messages_tab_carry_what_the_person_looks_at(stage: Scene) -> None:
    slack = stage.slack
    slack.revoke("channels:history")
    slack.look_at(stage.anna, stage.general)
    slack.say(stage.anna, stage.general, f"<@{slack.bot_user_id}> here")
    slack.say(stage.anna, slack.open_dm(stage.anna), "summarize this")
    slack.open_app_home(stage.anna)
    slack.open_app_home(stage.anna, "home")

    events = [body["event"] for body in await heard(stage, 5)]

    (context,) = [event["context"] for event in events if event["type"] == "app_context_changed"]
    assert [event["app_context"] for event in events if "app_context" in event] == [context]
    assert {event["tab"]: event.get("context") for event in events if event["type"] == "app_home_opened"} == {
        "messages": context,
        "home": None,
    }
    assert [event["type"] for event in events if "app_context" in event] == ["message"]


async def test_people_look_only_at_channels_that_they_are_in(stage: Scene) -> None:
    secret = stage.slack.add_channel("secret", members=[], is_private=True)

    with pytest.raises(ValueError, match="not a member"):
        stage.slack.look_at(stage.anna, secret)


async def test_what_people_look_at_needs_its_scope_and_an_agent(stage: Scene) -> None:
    stage.slack.revoke("assistant:write")
    stage.slack.look_at(stage.anna, stage.general)
    stage.slack.say(stage.anna, stage.slack.open_dm(stage.anna), "hello")

    (body,) = await heard(stage)

    assert "app_context" not in body["event"]
    async with scene(is_agent=False) as other:
        with pytest.raises(ValueError, match="agent"):
            other.slack.look_at(other.anna, other.general)


async def test_the_app_is_told_of_the_titles_that_people_give_and_not_of_its_own(still: Scene) -> None:
    slack, root = still.slack, still.ask()
    await still.show_status(root, "is thinking…")
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
    root, hidden = still.ask(), slack.say(ben, secret, "question")
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
        root = stage.ask()
        await stage.show_status(root, "is thinking…")

        stage.slack.rename_session(stage.anna, stage.general, root, "Lunch")

        assert stage.slack.deliveries == []


async def test_opening_the_home_tab_tells_what_it_shows(stage: Scene) -> None:
    stage.slack.open_app_home(stage.anna, "home")
    published = await publish(stage, home())
    stage.slack.open_app_home(stage.anna, "home")
    stage.slack.open_app_home(stage.anna)

    events = [body["event"] for body in await heard(stage, 3)]
    views = [event.get("view") for event in sorted(events, key=lambda event: str(event["event_ts"]))]

    assert views == [None, published, None]


async def test_a_message_that_somebody_looks_at_comes_after_its_channel(stage: Scene) -> None:
    slack, root = stage.slack, stage.ask()
    reply = slack.say(stage.anna, stage.general, "reply", thread_ts=root)
    slack.revoke("channels:history")
    slack.look_at(stage.anna, stage.general, reply)
    slack.say(stage.anna, slack.open_dm(stage.anna), "summarize this")
    slack.open_app_home(stage.anna)

    events = {body["event"]["type"]: body["event"] for body in await heard(stage, 3 + 2)}

    value = {"message_ts": reply, "channel_id": stage.general}
    context = {
        "entities": [
            {"type": "slack#/types/channel_id", "value": stage.general, "team_id": slack.team_id},
            {"type": "slack#/types/message_context", "value": value, "team_id": slack.team_id},
        ]
    }
    assert events["app_context_changed"]["context"] == context
    assert events["message"]["app_context"] == context
    assert events["app_home_opened"]["context"] == context


async def test_whoever_goes_on_to_the_channel_looks_at_no_message_any_more(stage: Scene) -> None:
    slack = stage.slack
    slack.look_at(stage.anna, stage.general, stage.ask())
    slack.look_at(stage.anna, stage.general)

    (entity,) = slack.backend.app_context.of(stage.anna)["entities"]
    assert entity["type"] == "slack#/types/channel_id"


async def test_people_look_only_at_messages_that_are_there(stage: Scene) -> None:
    with pytest.raises(ValueError, match="no message"):
        stage.slack.look_at(stage.anna, stage.general, "1.000000")

    assert stage.slack.backend.app_context.of(stage.anna) == {}
