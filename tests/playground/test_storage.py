"""The local Slack is the same after a restart, with its messages, people and files, and its ids stay unique."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from emulators.slack.clock import Clock
from emulators.slack.emulator import SlackEmulator
from emulators.slack.snapshot import take_snapshot
from playground.kept_data import UnreadableError
from playground.new_workspace import populate
from playground.storage import Storage


@asynccontextmanager
async def life(directory: Path, clock: Clock | None = None) -> AsyncIterator[SlackEmulator]:
    """One life of the local Slack, from start to stop."""
    async with SlackEmulator(clock=clock) as slack:
        storage = Storage(slack, directory)
        if not storage.load():
            populate(slack)
        yield slack
        await storage.save()


def named(slack: SlackEmulator, name: str) -> str:
    """The id of a channel or a person."""
    workspace = slack.backend.workspace
    ids = {one.name: one.id for one in workspace.channels.values()} | {
        one.name: one.id for one in workspace.users.values()
    }
    return ids[name]


def client_of(slack: SlackEmulator) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


def known(slack: SlackEmulator) -> object:
    """Everything that the emulator remembers, without the address in the URLs of files, which differs in each run."""
    everything = take_snapshot(slack.backend)
    del everything["last_ts"]
    return json.loads(json.dumps(everything).replace(slack.url, ""))


async def test_all_that_slack_knows_is_there_again(tmp_path: Path) -> None:
    async with life(tmp_path) as slack:
        general, anna, you = named(slack, "general"), named(slack, "anna"), named(slack, "you")
        root = slack.say(anna, general, f"<@{slack.bot_user_id}> hello")
        slack.edit(general, root, f"<@{slack.bot_user_id}> hello again")
        slack.react(you, general, root, "wave")
        slack.say(anna, slack.open_dm(anna), "look", files=[{"name": "a.txt", "content": b"words"}])
        client = client_of(slack)
        metadata = {"event_type": "agent", "event_payload": {"key": "1:answer"}}
        await client.chat_postMessage(channel=general, thread_ts=root, text="*hi*", metadata=metadata)
        await client.agents_sessions_setStatus(channel_id=general, thread_ts=root, status="active", title="Greetings")
        await client.views_publish(user_id=anna, view={"type": "home", "blocks": []})
        before = known(slack)

    async with life(tmp_path) as slack:
        assert known(slack) == before
        assert [one.text for one in slack.thread(general, root)] == [f"<@{slack.bot_user_id}> hello again", "*hi*"]
        (message,) = slack.messages(slack.open_dm(anna))
        assert slack.file_content(message.files[0]["id"]) == b"words"
        assert message.files[0]["url_private"].startswith(slack.url)


async def test_a_thread_goes_on_in_the_next_life(tmp_path: Path) -> None:
    async with life(tmp_path) as slack:
        root = slack.say(named(slack, "anna"), named(slack, "general"), "first")

    async with life(tmp_path) as slack:
        reply = slack.say(named(slack, "ben"), named(slack, "general"), "second", root)

        told = slack.backend.changes.after(0)
        assert [one.ts for one in slack.thread(named(slack, "general"), root)] == [root, reply]
        assert [(one.number, one.text) for one in told] == [(1, "first"), (2, "second")]


async def test_no_id_and_no_ts_is_given_twice(tmp_path: Path) -> None:
    given: list[str] = []
    for _ in range(3):
        # The machine's clock stands still: later stamps must be greater nevertheless.
        async with life(tmp_path, Clock(running=False, start=1_766_458_000.0)) as slack:
            given += [slack.say(named(slack, "anna"), named(slack, "general"), "hello") for _ in range(5)]
            given += [slack.add_channel(f"channel-{len(given)}"), slack.backend.workspace.new_id("Ev")]

    assert len(given) == len(set(given)) == 21
    stamps = [one for one in given if "." in one]
    assert stamps == sorted(stamps)


async def test_a_stream_that_was_being_written_has_died(tmp_path: Path) -> None:
    async with life(tmp_path) as slack:
        anna = named(slack, "anna")
        direct = slack.open_dm(anna)
        root = slack.say(anna, direct, "hello")
        ts = (await client_of(slack).chat_startStream(channel=direct, thread_ts=root, markdown_text="One"))["ts"]

    async with life(tmp_path) as slack:
        (stream,) = slack.bot_posts(direct, root)

        assert (stream.ts, stream.text, stream.streaming_state) == (ts, "One", "errored")


async def test_a_saved_change_survives_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.storage.PAUSE_SECONDS", 0.01)
    async with SlackEmulator() as slack:
        populate(slack)
        storage = Storage(slack, tmp_path)
        saving = asyncio.create_task(storage.keep_saving())
        slack.say(named(slack, "anna"), named(slack, "general"), "written down")
        await slack.until(lambda: "written down" in written(tmp_path))
        saving.cancel()  # as a crash would: nothing is saved at the end

    async with life(tmp_path) as slack:
        assert [one.text for one in slack.messages(named(slack, "general"))] == ["written down"]


def written_bytes(directory: Path) -> bytes:
    return (directory / "slack.json").read_bytes()


def written(directory: Path) -> str:
    path = directory / "slack.json"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b"[]", "is damaged"),
        (b"{}", "is damaged"),
        (b'{"identity": [0], "origin": ""}', "its format is 0, and this version of the program reads 1"),
        (
            b'{"identity": [2], "origin": "", "novelties": []}',
            "its format is 2, and this version of the program reads 1",
        ),
        (b'{"identity": [1, "T", "A", "B", "U"], "origin": ""}', "it is of another workspace"),
    ],
    ids=["cut off", "no text", "a list", "empty", "an older format", "a newer format", "another workspace"],
)
async def test_what_cannot_be_used_is_told_and_stays_as_it_is(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "slack.json").write_bytes(content)

    async with SlackEmulator() as slack:
        with pytest.raises(UnreadableError, match=reason) as error:
            Storage(slack, tmp_path).load()

    assert str(tmp_path / "slack.json") in str(error.value)
    assert "mv " in str(error.value)
    assert (written_bytes(tmp_path), os.listdir(tmp_path)) == (content, ["slack.json"])


async def test_what_a_newer_version_has_added_is_refused_and_not_dropped(tmp_path: Path) -> None:
    async with life(tmp_path):
        pass
    kept = json.loads(written(tmp_path))
    kept["users"][0]["novelty"] = True
    (tmp_path / "slack.json").write_text(json.dumps(kept))

    async with SlackEmulator() as slack:
        with pytest.raises(UnreadableError, match="another version of this program has written it"):
            Storage(slack, tmp_path).load()


async def test_a_full_disk_is_told_once_and_saving_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("playground.storage.PAUSE_SECONDS", 0.01)
    refused: list[Path] = []

    def replace(path: Path, content: bytes) -> None:
        if len(refused) < 2:
            refused.append(path)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        path.write_bytes(content)

    monkeypatch.setattr("playground.storage._replace", replace)
    monkeypatch.setattr("playground.storage.LONGEST_PAUSE_SECONDS", 0.01)
    async with SlackEmulator() as slack:
        populate(slack)
        saving = asyncio.create_task(Storage(slack, tmp_path).keep_saving())
        slack.say(named(slack, "anna"), named(slack, "general"), "kept")
        told: list[str] = []

        def is_saved_again() -> bool:
            told.extend(capsys.readouterr().out.splitlines())
            return any("saved again" in line for line in told)

        await slack.until(is_saved_again)
        saving.cancel()

    assert "kept" in written(tmp_path)
    assert [line.split(" in ")[0] for line in told] == [
        " slack | the messages cannot be saved",
        " slack | the messages are saved again",
    ]
    assert "No space left on device" in told[0]


async def test_a_file_that_is_missing_on_the_disk_is_empty_and_no_obstacle(tmp_path: Path) -> None:
    async with life(tmp_path) as slack:
        slack.say(named(slack, "anna"), named(slack, "general"), "x", files=[{"name": "a.txt", "content": b"words"}])
    for path in (tmp_path / "files").iterdir():
        path.unlink()

    async with life(tmp_path) as slack:
        (message,) = slack.messages(named(slack, "general"))
        assert slack.file_content(message.files[0]["id"]) == b""
