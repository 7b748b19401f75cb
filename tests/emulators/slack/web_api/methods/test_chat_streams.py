"""Where and for whom the app may stream a message."""

from __future__ import annotations

import pytest

from tests.support.emulators.scene import Scene, scene
from tests.support.emulators.streams import (
    WITHOUT_START,
    recipient,
    refused,
    refused_start,
    root_of,
    start,
    streamed,
)


async def test_a_workspace_without_streams_says_so() -> None:
    async with scene(streaming=False) as stage:
        errors = [(await refused_start(stage))["error"]]
        errors += [(await refused(stage, method, ts="1.000000"))["error"] for method in WITHOUT_START]

    assert errors == ["feature_not_enabled"] * 3


async def test_outside_direct_messages_a_stream_needs_a_recipient(stage: Scene) -> None:
    nobody = await refused_start(stage, recipient_user_id=None)
    nowhere = await refused_start(stage, recipient_team_id=None)
    unknown = await refused_start(stage, recipient_user_id="U-nobody")

    assert [body["error"] for body in (nobody, nowhere, unknown)] == [
        "missing_recipient_user_id",
        "missing_recipient_team_id",
        "user_not_found",
    ]


async def test_in_direct_messages_a_stream_needs_no_recipient(stage: Scene) -> None:
    direct = stage.slack.open_dm(stage.anna)
    root = stage.slack.say(stage.anna, direct, "question")

    ts = (await stage.client.chat_startStream(channel=direct, thread_ts=root, markdown_text="hello"))["ts"]

    assert [post.ts for post in stage.slack.bot_posts(direct, root)] == [ts]


async def test_people_from_elsewhere_are_named_with_their_own_workspace(stage: Scene) -> None:
    zoe = stage.slack.add_user("zoe", team_id="T0ELSEWHERE")

    body = await refused_start(stage, recipient_user_id=zoe)
    ts = await start(stage, recipient_user_id=zoe, recipient_team_id="T0ELSEWHERE")

    assert (body["error"], streamed(stage, ts).streaming_state) == ("user_not_found", "in_progress")


async def test_a_stream_needs_a_thread_that_exists(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "root")
    reply = stage.slack.say(stage.anna, stage.general, "reply", thread_ts=root)

    errors = [(await refused_start(stage, thread_ts=ts))["error"] for ts in (None, "0", "1.000000", reply)]

    assert errors == ["invalid_thread_ts"] * 4


async def test_streams_are_for_channels_in_which_the_app_is(stage: Scene) -> None:
    elsewhere = stage.slack.add_channel("elsewhere", members=[stage.anna], bot_is_member=False)
    stage.slack.grant("chat:write.public")
    strange = await refused_start(stage, channel=elsewhere)
    stage.slack.archive(stage.general)
    archived = await refused(stage, "chat.startStream", thread_ts="1.000000", **recipient(stage))

    assert [strange["error"], archived["error"]] == ["not_in_channel", "is_archived"]


async def test_only_the_apps_own_messages_are_streamed(stage: Scene) -> None:
    theirs = stage.slack.say(stage.anna, stage.general, "mine")

    errors = [(await refused(stage, "chat.stopStream", ts=ts))["error"] for ts in (theirs, "1.000000")]

    assert errors == ["message_not_owned_by_app", "message_not_found"]


@pytest.mark.parametrize("method", ["chat.startStream", *WITHOUT_START])
async def test_streaming_needs_the_scope_to_write(stage: Scene, method: str) -> None:
    stage.slack.revoke("chat:write")

    body = await refused(stage, method, ts="1.000000", thread_ts="1.000000")

    assert (body["error"], body["needed"]) == ("missing_scope", "chat:write")


async def test_an_append_adds_something(stage: Scene) -> None:
    ts = await start(stage)

    nothing = await refused(stage, "chat.appendStream", ts=ts)
    no_chunks = await refused(stage, "chat.appendStream", ts=ts, chunks=[])

    assert [body["error"] for body in (nothing, no_chunks)] == ["no_text"] * 2


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.startStream", {"task_display_mode": "dense"}),
        ("chat.stopStream", {"session_status": "busy"}),
    ],
)
async def test_unknown_values_of_arguments_are_refused(stage: Scene, method: str, arguments: dict[str, str]) -> None:
    ts = await start(stage)

    body = await refused(stage, method, ts=ts, thread_ts=root_of(stage, ts), **recipient(stage), **arguments)

    assert body["error"] == "invalid_arguments"
    assert streamed(stage, ts).streaming_state == "in_progress"


async def test_nothing_is_appended_to_a_message_that_was_posted(stage: Scene) -> None:
    ts = str((await stage.client.chat_postMessage(channel=stage.general, text="posted"))["ts"])

    body = await refused(stage, "chat.appendStream", ts=ts, markdown_text="x")

    assert body["error"] == "message_not_in_streaming_state"
