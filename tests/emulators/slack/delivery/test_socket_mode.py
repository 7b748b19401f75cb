"""Socket Mode as the real slack_bolt and a bare WebSocket meet it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.emulator import SlackEmulator
from tests.support.emulators.scene import Scene, listening, scene


async def _address(stage: Scene) -> str:
    return str((await stage.client.apps_connections_open(app_token=stage.slack.app_token))["url"])


@asynccontextmanager
async def _socket(stage: Scene) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection that has been greeted."""
    async with aiohttp.ClientSession() as session, session.ws_connect(await _address(stage)) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        yield socket


async def _next(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    frame: dict[str, Any] = await socket.receive_json(timeout=5)
    return frame


def _mention(stage: Scene) -> str:
    return stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")


async def test_a_mention_reaches_bolt_as_two_events_with_one_ts(stage: Scene) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        ts = _mention(stage)
        await slack.until(lambda: len(listener.heard) == 2 and all(delivery.acked for delivery in slack.deliveries))

    assert {event["type"] for event in listener.events} == {"message", "app_mention"}
    assert {event["ts"] for event in listener.events} == {ts}
    assert len({event["client_msg_id"] for event in listener.events}) == 1
    assert len({body["event_id"] for body in listener.heard}) == 2


async def test_a_listener_of_bolt_can_answer_in_the_thread(stage: Scene) -> None:
    slack = stage.slack
    slack.grant("reactions:write")
    app = AsyncApp(client=stage.client)

    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="hello Anna")
        await client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")
        await client.conversations_replies(channel=event["channel"], ts=event["ts"], include_all_metadata=True)

    app.event("message")(answer)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.connections == 1)
    root = slack.say(stage.anna, stage.general, "hello agent")
    await slack.until(lambda: slack.calls[-1].method == "conversations.replies")
    await handler.close_async()  # type: ignore[no-untyped-call]

    assert [post.text for post in slack.bot_posts(stage.general, root)] == ["hello Anna"]
    assert {call.outcome for call in slack.calls} == {"ok"}
    assert slack.calls[-1].arguments["team_id"] == slack.team_id  # Bolt adds it to every call


async def test_the_two_events_of_a_mention_come_in_either_order(stage: Scene) -> None:
    for _ in range(20):
        _mention(stage)

    first = {delivery.event_type for delivery in stage.slack.deliveries[::2]}

    assert first == {"message", "app_mention"}


async def test_hello_names_the_app_and_counts_the_connections(stage: Scene) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await _address(stage)) as socket:
        hello = await _next(socket)

    assert hello["type"] == "hello"
    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": stage.slack.app_id}


async def test_a_ticket_opens_one_connection_only(stage: Scene) -> None:
    address = await _address(stage)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_a_refused_handshake_uses_the_ticket_up(stage: Scene) -> None:
    address = await _address(stage)
    stage.slack.refuse_sockets()
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(address)
            stage.slack.refuse_sockets(refuse=False)


async def test_tickets_can_be_used_again_where_the_profile_says_so() -> None:
    async with scene(reusable_tickets=True) as stage:
        address = await _address(stage)
        stage.slack.refuse_sockets()
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(address)
            stage.slack.refuse_sockets(refuse=False)
            async with session.ws_connect(address) as socket:
                assert (await _next(socket))["type"] == "hello"


async def test_bolt_never_comes_back_by_itself_after_a_refused_handshake(stage: Scene) -> None:
    slack = stage.slack
    app = AsyncApp(client=stage.client)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.1)
    slack.refuse_sockets()
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.refused_handshakes == 1)
    slack.refuse_sockets(refuse=False)

    await slack.until(lambda: slack.refused_handshakes >= 3)

    assert slack.connections == 0
    assert [call.method for call in slack.calls].count("apps.connections.open") == 1
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    await handler.close_async()  # type: ignore[no-untyped-call]


async def test_each_envelope_goes_to_one_connection_and_all_get_some(stage: Scene) -> None:
    async with _socket(stage) as one, _socket(stage) as other:
        for number in range(30):
            stage.slack.say(stage.anna, stage.general, f"number {number}")
        await stage.slack.send_disconnect("refresh_requested")
        texts = [await _texts_until_goodbye(one), await _texts_until_goodbye(other)]

    assert all(texts)
    assert sorted(texts[0] + texts[1]) == sorted(f"number {number}" for number in range(30))


async def _texts_until_goodbye(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    texts: list[str] = []
    while (frame := await _next(socket))["type"] != "disconnect":
        texts.append(frame["payload"]["event"]["text"])
    return texts


async def test_the_eleventh_connection_is_one_too_many(stage: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await _address(stage)) for _ in range(11)]
        frames = [await _next(socket) for socket in sockets]

    assert [frame["type"] for frame in frames] == ["hello"] * 10 + ["disconnect"]
    assert frames[-1]["reason"] == "too_many_websockets"


async def test_pings_are_answered_with_the_same_payload(stage: Scene) -> None:
    address = await _address(stage)
    async with aiohttp.ClientSession() as session, session.ws_connect(address, autoping=False) as socket:
        await _next(socket)
        await socket.ping(b"sdk-ping-pong:1.5")
        answer = await socket.receive(timeout=5)

    assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")


async def test_a_silent_connection_stays_open_and_nothing_gets_through(stage: Scene) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await _address(stage), autoping=False) as socket:
        await _next(socket)
        stage.slack.silence_sockets()
        _mention(stage)
        await socket.ping(b"anybody?")
        async with _socket(stage) as other:  # a new connection is not silent
            stage.slack.silence_sockets()
            assert not other.closed
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.2)

        assert not socket.closed
    assert not stage.slack.deliveries[0].acked


async def test_an_acknowledgement_counts_on_any_connection(stage: Scene) -> None:
    async with _socket(stage) as one, _socket(stage) as other:
        stage.slack.say(stage.anna, stage.general, "hello")
        receiving = {asyncio.create_task(_next(socket)): socket for socket in (one, other)}
        done, pending = await asyncio.wait(receiving, return_when=asyncio.FIRST_COMPLETED)
        waiting = pending.pop()
        await receiving[waiting].send_json({"envelope_id": done.pop().result()["envelope_id"]})
        await stage.slack.until(lambda: stage.slack.deliveries[0].acked)
        waiting.cancel()


async def test_unknown_and_broken_acknowledgements_are_ignored(stage: Scene) -> None:
    async with _socket(stage) as socket:
        stage.slack.say(stage.anna, stage.general, "hello")
        frame = await _next(socket)
        for nonsense in ("no json", "[]", "{}", '{"envelope_id": 5}', '{"envelope_id": "unknown"}'):
            await socket.send_str(nonsense)
        assert not stage.slack.deliveries[0].acked
        await socket.send_json({"envelope_id": frame["envelope_id"]})
        await stage.slack.until(lambda: stage.slack.deliveries[0].acked)


async def test_a_warning_is_followed_by_the_refresh_ten_seconds_later(still: Scene) -> None:
    async with _socket(still) as socket:
        await still.slack.send_disconnect("warning")
        warning = await _next(socket)
        still.slack.clock.advance(10.0)
        refresh = await _next(socket)
        closing = await socket.receive(timeout=5)

    assert (warning["type"], warning["reason"]) == ("disconnect", "warning")
    assert refresh["reason"] == "refresh_requested"
    assert closing.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_bolt_comes_back_after_every_kind_of_goodbye(stage: Scene, reason: Any) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        await slack.send_disconnect(reason)
        await slack.until(lambda: _opened(slack) == 2 and slack.connections == 1)
        stage.slack.say(stage.anna, stage.general, "still there?")
        await slack.until(lambda: listener.heard)


async def test_bolt_comes_back_after_the_connections_were_cut(stage: Scene) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        await slack.drop_sockets()
        assert slack.connections == 0
        await slack.until(lambda: slack.connections == 1)
        stage.slack.say(stage.anna, stage.general, "still there?")
        await slack.until(lambda: listener.heard)


def _opened(slack: SlackEmulator) -> int:
    return [call.method for call in slack.calls].count("apps.connections.open")
