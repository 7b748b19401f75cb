"""What Slack refuses to stream: where there are no streams, for nobody, too much, too often, or out of shape."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.support.emulators.scene import Scene, refusal, scene, still_clock
from tests.support.emulators.streaming import (
    DIVIDER,
    SOURCE,
    TASK,
    WITHOUT_START,
    append,
    blocks_chunk,
    recipient,
    refused,
    refused_start,
    root_of,
    start,
    stop,
    streamed,
    written,
)


async def test_a_workspace_without_streams_says_so() -> None:
    async with scene(streaming=False) as stage:
        errors = [(await refused_start(stage))["error"]]
        errors += [(await refused(stage, method, ts="1.000000"))["error"] for method in WITHOUT_START]

    assert errors == ["feature_not_enabled"] * 3


async def test_outside_direct_messages_a_stream_is_for_somebody(stage: Scene) -> None:
    nobody = await refused_start(stage, recipient_user_id=None)
    nowhere = await refused_start(stage, recipient_team_id=None)
    unknown = await refused_start(stage, recipient_user_id="U-nobody")

    assert [body["error"] for body in (nobody, nowhere, unknown)] == [
        "missing_recipient_user_id",
        "missing_recipient_team_id",
        "user_not_found",
    ]


async def test_in_direct_messages_it_is_plain_for_whom_a_stream_is(stage: Scene) -> None:
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


@pytest.mark.parametrize(("method", "limit"), [("start", 20), ("append", 100), ("stop", 20)])
async def test_each_method_has_the_tier_that_slack_gives_it(method: str, limit: int) -> None:
    async with scene(clock=still_clock(), rate_limits=True) as stage:
        call = {"channel": stage.general, "ts": "1.000000", "markdown_text": "x"}
        bodies = [await refusal(stage.client.api_call(f"chat.{method}Stream", json=call)) for _ in range(limit)]

        with pytest.raises(SlackApiError) as caught:
            await stage.client.api_call(f"chat.{method}Stream", json=call)

    assert not [body for body in bodies if body["error"] == "ratelimited"]
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "60")


async def test_one_call_takes_12000_characters_and_a_stream_13200(stage: Scene) -> None:
    ts = await start(stage, markdown_text="x" * 12_000)
    long = await refused_start(stage, markdown_text="x" * 12_001)
    long_chunk = await refused(stage, "chat.appendStream", ts=ts, chunks=[written("x" * 12_001)])

    more = await refused(stage, "chat.appendStream", ts=ts, chunks=[written("y" * 600), written("y" * 601)])
    last = await refused(stage, "chat.stopStream", ts=ts, markdown_text="y" * 1_201)
    await append(stage, ts, written("y" * 600), written("y" * 600))

    assert {body["error"] for body in (long, long_chunk, more, last)} == {"msg_too_long"}
    assert streamed(stage, ts).text == "x" * 12_000 + "y" * 1_200
    assert streamed(stage, ts).streaming_state == "in_progress"


async def test_a_stream_that_was_refused_has_never_been(still: Scene) -> None:
    chunks = [written("x" * 7_000), written("x" * 7_000)]

    body = await refused_start(still, chunks=chunks)
    still.slack.clock.advance(301.0)

    assert body["error"] == "msg_too_long"
    assert [message.user for message in still.slack.messages(still.general)] == [still.anna]


async def test_an_append_adds_something(stage: Scene) -> None:
    ts = await start(stage)

    nothing = await refused(stage, "chat.appendStream", ts=ts)
    no_chunks = await refused(stage, "chat.appendStream", ts=ts, chunks=[])

    assert [body["error"] for body in (nothing, no_chunks)] == ["no_text"] * 2


async def test_one_call_brings_50_blocks_and_the_end_50_more(stage: Scene) -> None:
    ts = await start(stage, chunks=[blocks_chunk(*[DIVIDER] * 50)])

    chunks = [blocks_chunk(*[DIVIDER] * 25), blocks_chunk(*[DIVIDER] * 26)]
    many = await refused(stage, "chat.appendStream", ts=ts, chunks=chunks)
    below = await refused(stage, "chat.stopStream", ts=ts, blocks=[DIVIDER] * 51)
    await stop(stage, ts, blocks=[DIVIDER] * 50)

    assert (many["error"], below["error"]) == ("msg_blocks_too_many", "invalid_blocks")
    assert len(streamed(stage, ts).blocks) == 100


async def test_malformed_blocks_are_refused_with_their_pointer(stage: Scene) -> None:
    chunks = [written("x"), blocks_chunk(DIVIDER, {"type": "section"})]

    body = await refused_start(stage, chunks=chunks)

    assert body["error"] == "invalid_blocks"
    assert body["errors"] == ["missing required field: text [json-pointer:/chunks/1/blocks/1]"]


async def test_a_task_says_as_much_as_slack_lets_it(stage: Scene) -> None:
    full = {"title": "x" * 256, "details": "x" * 256, "output": "x" * 256, "sources": [SOURCE]}
    states = ("pending", "in_progress", "complete", "error")

    ts = await start(stage, chunks=[TASK | full | {"id": state, "status": state} for state in states])

    assert [block["status"] for block in streamed(stage, ts).blocks] == list(states)


WRONG_CHUNKS: list[tuple[dict[str, Any], str]] = [
    ({}, "/type"),
    ({"type": "image"}, "/type"),
    ({"type": ["task_update"]}, "/type"),
    ({"type": "markdown_text"}, ""),
    ({"type": "markdown_text", "text": 5}, "/text"),
    ({"type": "markdown_text", "text": "x", "mrkdwn": True}, ""),
    ({"type": "plan_update", "title": ""}, "/title"),
    ({"type": "plan_update", "title": "x" * 257}, "/title"),
    ({"type": "blocks"}, ""),
    ({"type": "blocks", "blocks": DIVIDER}, "/blocks"),
    ({"type": "task_update", "id": "t1", "title": "x"}, ""),
    (TASK | {"id": ""}, "/id"),
    (TASK | {"id": 1}, "/id"),
    (TASK | {"task_id": "t1"}, ""),
    (TASK | {"title": ""}, "/title"),
    (TASK | {"title": "x" * 257}, "/title"),
    (TASK | {"title": {"type": "plain_text", "text": "x"}}, "/title"),
    (TASK | {"status": "done"}, "/status"),
    (TASK | {"status": None}, "/status"),
    (TASK | {"details": "x" * 257}, "/details"),
    (TASK | {"output": {"type": "rich_text", "elements": []}}, "/output"),
    (TASK | {"sources": SOURCE}, "/sources"),
    (TASK | {"sources": ["https://example.com/"]}, "/sources"),
    (TASK | {"sources": [SOURCE | {"type": "link"}]}, "/sources/0/type"),
    (TASK | {"sources": [SOURCE | {"url": "example.com"}]}, "/sources/0/url"),
    (TASK | {"sources": [SOURCE | {"text": ""}]}, "/sources/0/text"),
    (TASK | {"sources": [{"type": "url", "url": "https://example.com/"}]}, "/sources/0"),
]


@pytest.mark.parametrize(("chunk", "pointer"), WRONG_CHUNKS)
async def test_a_malformed_chunk_is_refused_with_its_pointer_and_nothing_of_its_call_shows(
    stage: Scene, chunk: dict[str, Any], pointer: str
) -> None:
    ts = await start(stage, markdown_text="so far")

    body = await refused(stage, "chat.appendStream", ts=ts, chunks=[written(" and more"), chunk])

    assert body["error"] == "invalid_chunks"
    assert any(f"[json-pointer:/chunks/1{pointer}]" in problem for problem in body["errors"]), body["errors"]
    assert streamed(stage, ts).text == "so far"


@pytest.mark.parametrize("chunks", ["no json", {"type": "markdown_text", "text": "x"}, ["x"], 5])
async def test_chunks_are_an_array_of_objects(stage: Scene, chunks: Any) -> None:
    assert (await refused_start(stage, chunks=chunks))["error"] == "invalid_chunks"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.startStream", {"task_display_mode": "dense"}),
        ("chat.stopStream", {"session_status": "busy"}),
    ],
)
async def test_arguments_have_only_the_values_that_slack_knows(
    stage: Scene, method: str, arguments: dict[str, str]
) -> None:
    ts = await start(stage)

    body = await refused(stage, method, ts=ts, thread_ts=root_of(stage, ts), **recipient(stage), **arguments)

    assert body["error"] == "invalid_arguments"
    assert streamed(stage, ts).streaming_state == "in_progress"
