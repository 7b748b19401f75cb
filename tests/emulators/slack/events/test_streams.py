"""Messages that the app streams: how they grow, how long they live, and what ends them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.scene import Scene, heard
from tests.support.emulators.streams import (
    DIVIDER,
    SOURCE,
    TASK,
    WITHOUT_START,
    append,
    blocks_chunk,
    recipient,
    refused,
    root_of,
    session_status,
    start,
    stop,
    streamed,
    written,
)

METADATA = {"event_type": "agent_post", "event_payload": {"op_id": "op-1"}}


async def test_a_streamed_message_grows_and_shows_all_at_the_end(stage: Scene) -> None:
    ts = await start(stage, markdown_text="One, ")
    begun = streamed(stage, ts)
    await stage.client.chat_appendStream(channel=stage.general, ts=ts, markdown_text="**two**, ")
    grown = streamed(stage, ts)

    answer = await stop(stage, ts, markdown_text="three.")

    assert (begun.text, begun.streaming_state, begun.user) == ("One, ", "in_progress", stage.slack.bot_user_id)
    assert (grown.text, grown.streaming_state) == ("One, **two**, ", "in_progress")
    finished = streamed(stage, ts)
    assert (finished.text, finished.streaming_state) == ("One, **two**, three.", "completed")
    assert finished.blocks == [{"type": "markdown", "text": "One, **two**, three."}]
    assert finished.edited is None
    assert (answer["ts"], answer["text"], answer["streaming_state"]) == (ts, "One, **two**, three.", "completed")


async def test_reads_show_how_far_a_stream_has_come(stage: Scene) -> None:
    ts = await start(stage, markdown_text="half")

    messages = (await stage.client.conversations_replies(channel=stage.general, ts=root_of(stage, ts)))["messages"]

    assert (messages[1]["text"], messages[1]["streaming_state"]) == ("half", "in_progress")


async def test_a_stream_may_begin_with_nothing(stage: Scene) -> None:
    ts = await start(stage)

    assert (streamed(stage, ts).text, streamed(stage, ts).blocks) == ("", [])


async def test_a_task_is_updated_where_it_first_appeared(stage: Scene) -> None:
    ts = await start(stage, chunks=[TASK, written("Found it.")])
    assert stage.slack.visible_text(streamed(stage, ts)) == "… Looking\nFound it."

    await append(stage, ts, TASK | {"title": "Looked", "status": "complete", "sources": [SOURCE]})

    card = {"type": "task_card", "task_id": "t1", "title": "Looked", "status": "complete", "sources": [SOURCE]}
    assert streamed(stage, ts).blocks == [card, {"type": "markdown", "text": "Found it."}]
    assert stage.slack.visible_text(streamed(stage, ts)) == "✓ Looked\nFound it."


async def test_the_texts_of_a_task_add_up_and_its_title_and_state_are_replaced(stage: Scene) -> None:
    ts = await start(stage, chunks=[TASK | {"details": "one ", "output": "a"}])

    await append(stage, ts, TASK | {"details": "two", "output": "b"})
    await append(stage, ts, TASK | {"status": "error"})

    (card,) = streamed(stage, ts).blocks
    texts = {name: card[name]["elements"][0]["elements"][0]["text"] for name in ("details", "output")}
    assert (card["status"], texts) == ("error", {"details": "one two", "output": "ab"})


async def test_text_after_a_task_begins_anew_and_a_plan_has_one_title(stage: Scene) -> None:
    ts = await start(stage, chunks=[{"type": "plan_update", "title": "Working…"}, written("a"), TASK, written("b")])
    await append(stage, ts, written("c"), {"type": "plan_update", "title": "Done"})

    assert stage.slack.visible_text(streamed(stage, ts)) == "Done\na\n… Looking\nbc"
    assert streamed(stage, ts).text == "abc"


async def test_in_a_plan_all_tasks_stand_together_under_one_title(stage: Scene) -> None:
    ts = await start(stage, chunks=[written("a")], task_display_mode="plan")
    without = streamed(stage, ts).blocks
    await append(stage, ts, {"type": "plan_update", "title": "Looking…"}, TASK, written("b"))
    await append(stage, ts, {"type": "plan_update", "title": "Worked for 3 s"}, TASK | {"id": "t2"})

    assert without == [{"type": "markdown", "text": "a"}]
    assert stage.slack.visible_text(streamed(stage, ts)) == "a\nWorked for 3 s\n… Looking\n… Looking\nb"
    assert [block["type"] for block in streamed(stage, ts).blocks] == ["markdown", "plan", "markdown"]


async def test_blocks_given_to_stop_stand_below_what_was_streamed(stage: Scene) -> None:
    image = {"type": "image", "image_url": "https://example.com/map.png", "alt_text": "a map"}
    ts = await start(stage, chunks=[written("The map:"), blocks_chunk(image)])

    await stop(stage, ts, markdown_text="That is all.", blocks=[DIVIDER])

    assert [block["type"] for block in streamed(stage, ts).blocks] == ["markdown", "image", "markdown", "divider"]


async def test_only_stop_sets_the_metadata_of_a_stream(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "question")
    call = {"channel": stage.general, "thread_ts": root, "metadata": METADATA} | recipient(stage)
    ts = str((await stage.client.api_call("chat.startStream", json=call))["ts"])
    await stage.client.chat_appendStream(channel=stage.general, ts=ts, markdown_text="x", metadata=METADATA)
    before = streamed(stage, ts).metadata

    answer = await stop(stage, ts, metadata=METADATA)

    assert (before, streamed(stage, ts).metadata, answer["metadata"]) == (None, METADATA, METADATA)


async def test_streams_of_one_thread_do_not_disturb_each_other(stage: Scene) -> None:
    first = await start(stage, markdown_text="first")
    second = await start(stage, root_of(stage, first), markdown_text="second")

    await stop(stage, first)
    await append(stage, second, written(" goes on"))

    assert [post.text for post in stage.slack.bot_posts(stage.general, root_of(stage, first))] == [
        "first",
        "second goes on",
    ]


async def test_the_app_is_told_of_start_and_stop_and_not_of_appends(stage: Scene) -> None:
    ts = await start(stage, markdown_text="One")
    await append(stage, ts, written(", two"))
    await stop(stage, ts, markdown_text=", three")
    stage.slack.say(stage.anna, stage.general, "thanks", root_of(stage, ts))

    events = [body["event"] for body in await heard(stage, 4, own_events=True)]

    own = [event for event in events if event.get("user") != stage.anna]
    (begun,) = [event for event in own if "subtype" not in event]
    (ended,) = [event for event in own if event.get("subtype") == "message_changed"]
    assert len(stage.slack.deliveries) == len(events) == 4
    assert (begun["ts"], begun["text"], begun["streaming_state"]) == (ts, "One", "in_progress")
    assert (ended["message"]["text"], ended["message"]["streaming_state"]) == ("One, two, three", "completed")
    assert (ended["previous_message"]["text"], ended["previous_message"]["streaming_state"]) == (
        "One, two",
        "in_progress",
    )


async def test_the_app_is_not_told_that_a_stream_has_expired(still: Scene) -> None:
    ts = await start(still, markdown_text="half")
    told = len(still.slack.deliveries)

    still.slack.clock.advance(301.0)

    assert streamed(still, ts).streaming_state == "errored"
    assert len(still.slack.deliveries) == told


async def test_a_stream_lives_for_300_seconds_however_much_is_appended(still: Scene) -> None:
    ts = await start(still, markdown_text="0")
    for minute in range(1, 5):
        still.slack.clock.advance(60.0)
        await append(still, ts, written(str(minute)))
    still.slack.clock.advance(59.0)
    await append(still, ts, written("!"))

    still.slack.clock.advance(1.0)

    errors = [(await refused(still, method, ts=ts, markdown_text="late"))["error"] for method in WITHOUT_START]
    assert errors == ["message_not_in_streaming_state"] * 2
    assert (streamed(still, ts).text, streamed(still, ts).streaming_state) == ("01234!", "errored")


async def test_only_an_update_repairs_a_stream_that_has_died(still: Scene) -> None:
    ts = await start(still, chunks=[TASK, written("half")])
    still.slack.clock.advance(300.0)

    await still.client.chat_update(channel=still.general, ts=ts, text="whole", metadata=METADATA)

    message = streamed(still, ts)
    assert (message.text, message.blocks, message.streaming_state) == ("whole", [], "completed")
    assert (message.edited is not None, message.metadata) == (True, METADATA)


async def test_a_finished_stream_takes_nothing_more(still: Scene) -> None:
    ts = await start(still, markdown_text="done")
    await stop(still, ts)

    errors = [(await refused(still, method, ts=ts, markdown_text="x"))["error"] for method in WITHOUT_START]
    still.slack.clock.advance(301.0)

    assert errors == ["message_not_in_streaming_state"] * 2
    assert (streamed(still, ts).text, streamed(still, ts).streaming_state) == ("done", "completed")


async def test_a_deleted_stream_does_not_come_back(still: Scene) -> None:
    ts = await start(still, markdown_text="half")
    root = root_of(still, ts)

    await still.client.chat_delete(channel=still.general, ts=ts)

    assert (await refused(still, "chat.appendStream", ts=ts, markdown_text="x"))["error"] == "message_not_found"
    still.slack.clock.advance(301.0)
    assert still.slack.bot_posts(still.general, root) == []


async def test_an_update_has_to_wait_for_the_end_of_a_stream(stage: Scene) -> None:
    ts = await start(stage, markdown_text="half")

    body = await refused(stage, "chat.update", ts=ts, text="whole")
    await stop(stage, ts)
    await stage.client.chat_update(channel=stage.general, ts=ts, text="whole")

    assert body["error"] == "streaming_state_conflict"
    assert streamed(stage, ts).text == "whole"


async def test_after_stop_nothing_is_appended_and_the_app_still_ends_the_stream(stage: Scene) -> None:
    ts = await start(stage, markdown_text="half")
    elsewhere = await start(stage, markdown_text="another thread")
    stage.slack.press_stop(stage.anna, stage.general, root_of(stage, ts))

    body = await refused(stage, "chat.appendStream", ts=ts, markdown_text=" more")
    await append(stage, elsewhere, written(" goes on"))
    session = session_status(stage, ts)
    await stop(stage, ts, markdown_text=" Stopped.")

    assert (body["error"], session) == ("stopped_by_user", "processing")
    assert (streamed(stage, ts).text, streamed(stage, ts).streaming_state) == ("half Stopped.", "completed")
    assert streamed(stage, elsewhere).text == "another thread goes on"


async def test_stop_names_the_streams_that_it_met(stage: Scene) -> None:
    ended = await start(stage, markdown_text="ended")
    await stop(stage, ended)
    running = await start(stage, root_of(stage, ended), markdown_text="running")
    stage.slack.press_stop(stage.anna, stage.general, root_of(stage, ended))

    events = [body["event"] for body in await heard(stage, 2)]

    (stopped,) = [event for event in events if event["type"] == "agent_session_stopped"]
    assert stopped["streaming_message_ts"] == [running]


async def test_a_stream_displaces_the_status_line_each_time_that_it_grows(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "question")
    show: dict[str, Any] = {"channel_id": stage.general, "thread_ts": root, "status": "is writing…"}
    shown = []

    await stage.client.assistant_threads_setStatus(**show)
    ts = await start(stage, root)
    shown.append(stage.slack.status(stage.general, root))
    await stage.client.assistant_threads_setStatus(**show)
    await append(stage, ts, written("more"))
    shown.append(stage.slack.status(stage.general, root))
    await stage.client.assistant_threads_setStatus(**show)
    await stop(stage, ts, session_status="processing")
    shown.append(stage.slack.status(stage.general, root))

    assert shown == ["", "", ""]


async def test_a_stream_makes_a_session_that_is_active_again_at_the_end(stage: Scene) -> None:
    ts = await start(stage)
    states = [session_status(stage, ts)]

    await stop(stage, ts)
    states.append(session_status(stage, ts))

    assert states == ["processing", "active"]


@pytest.mark.parametrize("status", ["processing", "suspended", "closed", "active"])
async def test_stop_may_set_the_status_of_the_session(stage: Scene, status: str) -> None:
    ts = await start(stage)

    await stop(stage, ts, session_status=status)

    assert session_status(stage, ts) == status


async def test_a_session_is_active_again_when_its_stream_dies(still: Scene) -> None:
    ts = await start(still)

    still.slack.clock.advance(300.0)

    assert session_status(still, ts) == "active"
