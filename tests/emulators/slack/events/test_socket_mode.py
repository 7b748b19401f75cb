"""Socket Mode as the real slack_bolt and a bare WebSocket meet it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.support.emulators.scene import Scene, envelopes, listening, next_frame, scene, socket_address


async def test_a_mention_reaches_bolt_as_two_events_with_one_ts(stage: Scene) -> None:
    slack = stage.slack
    async with listening(slack) as listener:
        ts = _mention(stage)
        await slack.until(lambda: len(listener.heard) == 2 and all(delivery.acked for delivery in slack.deliveries))

    assert {event["type"] for event in listener.events} == {"message", "app_mention"}
    assert {event["ts"] for event in listener.events} == {ts}
    assert len({event["client_msg_id"] for event in listener.events}) == 1
    assert len({body["event_id"] for body in listener.heard}) == 2


async def test_hello_names_the_app_and_counts_the_connections(stage: Scene) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await socket_address(stage)) as socket:
        hello = await next_frame(socket)

    assert hello["type"] == "hello"
    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": stage.slack.app_id}


async def test_a_ticket_opens_one_connection_only(stage: Scene) -> None:
    address = await socket_address(stage)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_a_refused_handshake_uses_the_ticket_up(stage: Scene) -> None:
    address = await socket_address(stage)
    stage.slack.refuse_sockets()
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(address)
            stage.slack.refuse_sockets(refuse=False)


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
    async with envelopes(stage) as one, envelopes(stage) as other:
        for number in range(30):
            stage.slack.say(stage.anna, stage.general, f"number {number}")
        await stage.slack.send_disconnect("refresh_requested")
        texts = [await _texts_until_goodbye(one), await _texts_until_goodbye(other)]

    assert all(texts)
    assert sorted(texts[0] + texts[1]) == sorted(f"number {number}" for number in range(30))


async def _texts_until_goodbye(socket: aiohttp.ClientWebSocketResponse) -> list[str]:
    texts: list[str] = []
    while (frame := await next_frame(socket))["type"] != "disconnect":
        texts.append(frame["payload"]["event"]["text"])
    return texts


async def test_the_eleventh_connection_is_one_too_many(stage: Scene) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await socket_address(stage)) for _ in range(11)]
        frames = [await next_frame(socket) for socket in sockets]

    assert [frame["type"] for frame in frames] == ["hello"] * 10 + ["disconnect"]
    assert frames[-1]["reason"] == "too_many_websockets"


async def test_where_socket_mode_is_switched_off_a_connection_ends_with_that_reason() -> None:
    async with scene(socket_mode=False) as stage, aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await socket_address(stage))
        frame = await next_frame(socket)

        assert stage.slack.connections == 0
    assert (frame["type"], frame["reason"]) == ("disconnect", "link_disabled")


async def test_a_connection_of_another_app_hears_nothing_of_this_one() -> None:
    async with scene(app_token_of="A0ELSEWHERE") as stage, aiohttp.ClientSession() as session:
        address = await socket_address(stage)
        socket = await session.ws_connect(address)
        hello = await next_frame(socket)

        assert not stage.slack.backend.sockets.send({"type": "events_api"})
    assert address.endswith("&app_id=A0ELSEWHERE")
    assert hello["connection_info"] == {"app_id": "A0ELSEWHERE"}


async def test_pings_are_answered_with_the_same_payload(stage: Scene) -> None:
    address = await socket_address(stage)
    async with aiohttp.ClientSession() as session, session.ws_connect(address, autoping=False) as socket:
        await next_frame(socket)
        await socket.ping(b"sdk-ping-pong:1.5")
        answer = await socket.receive(timeout=5)

    assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")


async def test_an_acknowledgement_counts_on_any_connection(stage: Scene) -> None:
    async with envelopes(stage) as one, envelopes(stage) as other:
        stage.slack.say(stage.anna, stage.general, "hello")
        receiving = {asyncio.create_task(next_frame(socket)): socket for socket in (one, other)}
        done, pending = await asyncio.wait(receiving, return_when=asyncio.FIRST_COMPLETED)
        waiting = pending.pop()
        await receiving[waiting].send_json({"envelope_id": done.pop().result()["envelope_id"]})
        await stage.slack.until(lambda: stage.slack.deliveries[0].acked)
        waiting.cancel()


async def test_unknown_and_broken_acknowledgements_are_ignored(stage: Scene) -> None:
    async with envelopes(stage) as socket:
        stage.slack.say(stage.anna, stage.general, "hello")
        frame = await next_frame(socket)
        for nonsense in ("no json", "[]", "{}", '{"envelope_id": 5}', '{"envelope_id": "unknown"}'):
            await socket.send_str(nonsense)
        assert not stage.slack.deliveries[0].acked
        await socket.send_json({"envelope_id": frame["envelope_id"]})
        await stage.slack.until(lambda: stage.slack.deliveries[0].acked)


def _mention(stage: Scene) -> str:
    return stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")
