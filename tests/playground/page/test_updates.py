"""An open page gets everything at first and then only changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent_worker.activities.call_origin import HEADER, CallOrigin
from agent_worker.agents.folder import read_folder
from playground.page.snapshots import KEPT_RECORDS, LONGEST_ARGUMENT, Snapshots
from playground.page.surroundings import Surroundings
from playground.page.updates import patch
from tests.support.agent_worker.agents import write
from tests.support.emulators.scene import refusal
from tests.support.playground.visiting import Following, Scene, scene

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "an <@U1> & more"}}


async def streaming(stage: Scene, root: str, **fields: Any) -> str:
    """A stream of the app in a thread of Anna's; its `ts`."""
    fields |= {"recipient_user_id": stage.anna, "recipient_team_id": stage.slack.team_id}
    started = await stage.client.chat_startStream(channel=stage.general, thread_ts=root, **fields)
    return str(started["ts"])


async def test_a_page_that_opens_has_everything(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello &amp; welcome")
    stage.slack.say(stage.ben, stage.general, "me too", root)

    async with stage.visitor.following(Following()) as page:
        first = page.patches[0]

    assert first["reset"] is True
    assert first["remove"] == []
    shown = first["set"]
    assert shown["team"] == {"id": stage.slack.team_id, "name": "Playground"}
    assert shown["bot"]["user_id"] == stage.slack.bot_user_id
    assert (shown[f"user/{stage.anna}"]["display_name"], shown[f"user/{stage.anna}"]["is_guest"]) == ("anna", False)
    assert shown[f"channel/{stage.secret}"]["kind"] == "private"
    message = shown[f"message/{stage.general}/{root}"]
    assert message["text"] == f"<@{stage.slack.bot_user_id}> hello &amp; welcome"
    assert message["visible_text"] == "@agent hello & welcome"
    assert (message["reply_count"], message["in_channel"], message["streaming_state"]) == (1, True, "")
    assert [one["in_channel"] for one in page.all("message").values()] == [True, False]


async def test_a_page_is_told_which_agent_answers_in_each_channel(tmp_path: Path) -> None:
    clock = "description: Tells the time.\nchannels: [general]\nprompts: ['What time is it?']"
    for name, front in (("default", ""), ("clock", clock), ("a", "channels: ['s*']"), ("b", "channels: ['*t']")):
        write(tmp_path, name, front)
    reading = read_folder(tmp_path)
    assert reading.problems == []
    async with scene(Surroundings(agents=reading.agents)) as stage:
        direct = stage.slack.open_dm(stage.anna)
        async with stage.visitor.following(Following()) as page:
            told = {one: page.shown[f"agent/{one}"] for one in (stage.general, stage.secret, direct)}

    asked = [{"title": "What time is it?", "message": "What time is it?"}]
    assert told[stage.general] == {"name": "clock", "description": "Tells the time.", "prompts": asked}
    assert told[stage.secret] == {}  # two globs fit it: nobody answers there
    assert told[direct]["name"] == "default"


async def test_an_open_page_then_gets_only_what_is_new_and_what_is_gone(stage: Scene) -> None:
    kept = stage.slack.say(stage.anna, stage.general, "stays")
    async with stage.visitor.following(Following()) as page:
        ts = stage.slack.say(stage.ben, stage.general, "goes")
        await page.until(lambda: f"message/{stage.general}/{ts}" in page.shown)
        stage.slack.delete(stage.general, ts)
        await page.until(lambda: f"message/{stage.general}/{ts}" not in page.shown)

        told = {key for one in page.patches[1:] for key in [*one["set"], *one["remove"]]}

    assert f"message/{stage.general}/{kept}" not in told
    assert "world" not in told
    assert f"message/{stage.general}/{kept}" in page.shown


async def test_a_reconnect_starts_with_everything_again(stage: Scene) -> None:
    async with stage.visitor.following(Following()) as page:
        before = dict(page.shown)
    ts = stage.slack.say(stage.ben, stage.general, "while nobody looked")

    async with stage.visitor.following(Following()) as page:
        assert page.patches[0]["reset"] is True
        assert before.keys() <= page.shown.keys()
        assert f"message/{stage.general}/{ts}" in page.shown


async def test_a_streamed_message_grows_in_the_page(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "hello")
    async with stage.visitor.following(Following()) as page:
        card = {"type": "task_update", "id": "t1", "title": "Looking around", "status": "in_progress"}
        ts = await streaming(stage, root, chunks=[card], markdown_text="One ")
        key = f"message/{stage.general}/{ts}"
        await page.until(lambda: page.shown.get(key, {}).get("text") == "One ")
        started = page.shown[key]
        await stage.client.chat_appendStream(channel=stage.general, ts=ts, markdown_text="**two**")
        await page.until(lambda: page.shown[key]["text"] == "One **two**")
        await stage.client.chat_stopStream(channel=stage.general, ts=ts)
        await page.until(lambda: page.shown[key]["streaming_state"] == "completed")

    assert started["streaming_state"] == "in_progress"
    assert [block["title"] for block in started["blocks"] if block["type"] == "task_card"] == ["Looking around"]
    assert page.shown[f"message/{stage.general}/{root}"]["reply_count"] == 1


async def test_many_changes_at_once_are_few_patches(stage: Scene) -> None:
    async with stage.visitor.following(Following()) as page:
        for number in range(300):
            stage.slack.say(stage.anna, stage.general, str(number))
            if number % 3 == 0:
                await stage.client.auth_test()  # lets the connection of the page send
        await page.until(lambda: len(page.all("message")) == 300)

        assert len(page.patches) < 60


async def test_the_status_line_the_session_and_the_prompts_are_shown(stage: Scene) -> None:
    root, direct = stage.slack.say(stage.anna, stage.general, "hello"), stage.slack.open_dm(stage.anna)
    async with stage.visitor.following(Following()) as page:
        place: dict[str, Any] = {"channel_id": stage.general, "thread_ts": root}
        await stage.client.assistant_threads_setStatus(**place, status="is thinking…")
        await page.until(lambda: f"status/{stage.general}/{root}" in page.shown)
        prompts = [{"title": "Weather", "message": "What is the weather?"}]
        await stage.client.assistant_threads_setSuggestedPrompts(channel_id=direct, title="Try", prompts=prompts)
        await page.until(lambda: f"prompts/{direct}" in page.shown)
        assert page.shown[f"status/{stage.general}/{root}"] == {"text": "is thinking…"}
        assert page.shown[f"session/{stage.general}/{root}"]["status"] == "processing"

        await stage.client.assistant_threads_setStatus(**place, status="")
        await page.until(lambda: f"status/{stage.general}/{root}" not in page.shown)

    assert page.shown[f"session/{stage.general}/{root}"]["status"] == "active"
    assert page.shown[f"prompts/{direct}"] == {"title": "Try", "prompts": prompts}


async def test_what_one_person_alone_sees_is_shown_with_that_person(stage: Scene) -> None:
    async with stage.visitor.following(Following()) as page:
        await stage.client.chat_postEphemeral(channel=stage.general, user=stage.ben, text="only &lt;you&gt;")
        await stage.client.views_publish(user_id=stage.anna, view={"type": "home", "blocks": [SECTION]})
        await page.until(lambda: f"home/{stage.anna}" in page.shown and page.all("ephemeral"))

    ephemeral = page.shown["ephemeral/1"]
    assert (ephemeral["to"], ephemeral["channel"], ephemeral["visible_text"]) == (
        stage.ben,
        stage.general,
        "only <you>",
    )
    assert page.shown[f"home/{stage.anna}"]["view"]["blocks"][0]["text"] == SECTION["text"]


async def test_calls_and_envelopes_are_shown_as_they_happen(stage: Scene) -> None:
    stage.slack.faults.add(method="chat.postMessage", kind="error")
    async with stage.visitor.following(Following()) as page:
        ts = stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")
        await refusal(stage.client.chat_postMessage(channel=stage.general, text="hello"))
        await page.until(lambda: page.all("call"))

    (call,) = page.all("call").values()
    assert (call["method"], call["outcome"]) == ("chat.postMessage", "error")
    assert call["arguments"]["text"] == "hello"
    envelopes = [one for one in page.all("envelope").values() if one["ts"] == ts]
    assert {one["event_type"] for one in envelopes} == {"message", "app_mention"}
    assert {(one["attempts"], one["acked"]) for one in envelopes} == {(1, False)}


async def test_calls_and_envelopes_name_their_conversation(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, f"<@{stage.slack.bot_user_id}> hello")
    reply = stage.slack.say(stage.anna, stage.general, "and more", root)
    stage.slack.edit(stage.general, reply, "and less")
    stage.slack.react(stage.ben, stage.general, reply, "eyes")
    named = CallOrigin("run", "1", 1, f"slack:T1:{stage.general}:{root}").written()
    await stage.client.users_info(user=stage.anna)
    stage.client.headers = {HEADER: named}
    await stage.client.users_info(user=stage.anna)
    stage.client.headers = {}
    elsewhere = await stage.client.chat_postMessage(channel=stage.general, text="elsewhere")
    await stage.client.conversations_replies(channel=stage.general, ts=reply)
    shown = Snapshots(stage.slack, stage.around).take()

    def places(kind: str) -> list[tuple[str, str]]:
        found = [value for key, value in shown.items() if key.startswith(f"{kind}/")]
        return [(one["channel"], one["thread_ts"]) for one in found]

    here = (stage.general, root)
    assert places("call") == [("", ""), here, (stage.general, ""), here]
    assert set(places("envelope")) == {here, (stage.general, elsewhere["ts"])}


async def test_only_the_newest_calls_are_kept_and_long_arguments_are_cut(stage: Scene) -> None:
    for _ in range(KEPT_RECORDS + 5):
        await stage.client.auth_test()
    long = "x" * (LONGEST_ARGUMENT + 1)
    await stage.client.chat_postMessage(channel=stage.general, text=long)
    stage.slack.forget(KEPT_RECORDS)
    snapshot = Snapshots(stage.slack, stage.around).take()

    calls = {int(key.partition("/")[2]): value for key, value in snapshot.items() if key.startswith("call/")}
    assert list(calls) == list(range(7, KEPT_RECORDS + 7))
    assert len(calls[KEPT_RECORDS + 6]["arguments"]["text"]) == LONGEST_ARGUMENT
    assert len(stage.slack.calls) == KEPT_RECORDS


def test_a_patch_holds_the_difference_between_two_snapshots() -> None:
    same = {"a": 1}

    assert patch({"x": same, "y": {"b": 1}, "z": {}}, {"x": same, "y": {"b": 2}, "w": {}}) == {
        "set": {"y": {"b": 2}, "w": {}},
        "remove": ["z"],
    }
