"""Answers that appear while they are written, and are complete in the end whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulators.gemini.answers import calls, text
from emulators.slack.state.messages import Message
from tests.support.e2e.stage import Stage

POEM = "An old silent pond.\n\nA frog jumps into the pond.\n\nSplash! Silence again."
BEGINNING = "An old silent pond.\n\n"


def ask(stage: Stage, question: str = "a poem about a pond, please") -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


def posts(stage: Stage, ts: str, channel: str | None = None) -> list[Message]:
    return stage.slack.bot_posts(channel or stage.channel, ts)


async def test_the_thread_shows_the_first_words_while_gemini_writes_the_others(stage: Stage) -> None:
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    ts = ask(stage)
    await held.reached()

    (growing,) = await stage.slack.until(lambda: posts(stage, ts))
    assert growing.streaming_state == "in_progress"
    assert POEM.startswith(growing.text)
    held.release()

    assert await stage.answered(ts) == [POEM]
    assert [post.ts for post in posts(stage, ts)] == [growing.ts]
    assert stage.leftovers(ts) == []


async def test_an_answer_says_that_an_ai_wrote_it_and_asks_what_people_think(stage: Stage) -> None:
    stage.gemini.script(text(POEM))
    ts = ask(stage)
    await stage.answered(ts)

    (post,) = posts(stage, ts)
    (feedback,) = [block["elements"][0] for block in post.blocks if block["type"] == "context_actions"]
    assert feedback["positive_button"]["value"] == f"good:{ts}"
    assert "Written by AI" in stage.slack.visible_text(post)


async def test_in_a_direct_message_the_steps_and_the_answer_are_one_message(stage: Stage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Sunny."))
    held = stage.world.hold("weather")
    ts = stage.slack.say(stage.anna, direct, "alerts in New York?")
    await held.reached()

    (growing,) = await stage.slack.until(lambda: posts(stage, ts, direct))
    assert "… Weather alerts for New York" in stage.slack.visible_text(growing)
    held.release()

    assert await stage.answered(ts, direct) == ["Sunny."]
    (answer,) = posts(stage, ts, direct)
    assert answer.ts == growing.ts
    assert "✓ Weather alerts for New York" in stage.slack.visible_text(answer)


async def test_a_worker_killed_while_text_streams_goes_on_in_the_same_message(stage: Stage) -> None:
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    stage.gemini.script(text(POEM))
    ts = ask(stage)
    await held.reached()
    (growing,) = await stage.slack.until(lambda: posts(stage, ts))

    await stage.worker.kill()
    await stage.worker.start()

    assert await stage.answered(ts) == [POEM]
    assert [post.ts for post in posts(stage, ts)] == [growing.ts]
    assert stage.leftovers(ts) == []


async def test_a_stream_that_slack_ended_is_repaired(stage: Stage) -> None:
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    ts = ask(stage)
    await held.reached()
    (growing,) = await stage.slack.until(lambda: posts(stage, ts))

    stage.slack.clock.advance(301)
    held.release()

    assert await stage.answered(ts) == [POEM]
    assert [post.ts for post in posts(stage, ts)] == [growing.ts]


async def test_a_connection_to_gemini_that_breaks_in_mid_sentence_leaves_one_answer(stage: Stage) -> None:
    held = stage.gemini.hold_stream(text("An old silent nonsense. And more of it.").in_pieces(6), after=3)
    stage.gemini.script(text(POEM))
    ts = ask(stage)
    await held.reached()
    await stage.slack.until(lambda: posts(stage, ts))

    held.cut()

    assert await stage.answered(ts) == [POEM]
    assert stage.leftovers(ts) == []
    assert "nonsense" not in "".join(stage.slack.visible_text(post) for post in posts(stage, ts))


async def test_where_slack_has_no_streams_the_answer_is_a_message_that_is_updated(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, streaming=False) as stage:
        await stage.start()
        await it_is_posted_and_updated(stage)
        await it_is_posted_and_updated(stage)
        assert stage.calls("chat.startStream") == 1  # then the worker knows


async def test_a_setting_turns_streams_off(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", SLACK_REPLY_MODE="post")
        await stage.start()
        await it_is_posted_and_updated(stage)
        assert stage.calls("chat.startStream") == 0


async def it_is_posted_and_updated(stage: Stage) -> None:
    held = stage.gemini.hold_stream(text(POEM).in_pieces(6), after=3)
    ts = ask(stage)
    await held.reached()
    (growing,) = await stage.slack.until(lambda: posts(stage, ts))
    assert stage.slack.visible_text(growing) in POEM
    held.release()

    assert await stage.answered(ts) == [POEM]
    assert [post.ts for post in posts(stage, ts)] == [growing.ts]


LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 150 for number in range(60))


async def test_a_file_that_slack_shows_two_seconds_after_a_lost_reply_is_shown_once(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, share_lag=2.0, files_without_bot=True) as stage:
        await stage.start()
        stage.gemini.script(text(LONG), text("Two."))
        stage.slack.faults.add(method="files.completeUploadExternal", kind="lost_reply")
        ts = ask(stage, "tell me everything")
        await stage.slack.until(lambda: [file for post in posts(stage, ts) for file in post.files])
        await stage.slack.until(lambda: stage.calls("files.info"))

        stage.slack.say(stage.anna, stage.channel, "and?", thread_ts=ts)
        await stage.slack.until(lambda: "Two." in stage.said(ts))

        assert len([file for post in posts(stage, ts) for file in post.files]) == 1
        assert stage.calls("files.completeUploadExternal") == 1


async def test_an_answer_of_more_than_three_messages_comes_as_a_file(stage: Stage) -> None:
    answer = LONG
    stage.gemini.script(text(answer))

    ts = ask(stage, "tell me everything")

    (file,) = await stage.slack.until(lambda: [file for post in posts(stage, ts) for file in post.files])
    assert stage.slack.file_content(file["id"]).decode() == answer
    assert stage.said(ts)[0].startswith("Paragraph 0.")


async def test_the_conversation_is_called_by_its_first_words(stage: Stage) -> None:
    stage.gemini.script(text(POEM))
    ts = ask(stage, "write about herons")

    def title() -> str:
        session = stage.slack.session(stage.channel, ts)
        return session.title if session else ""

    await stage.slack.until(lambda: title() == "write about herons")
    await stage.answered(ts)


@pytest.mark.parametrize("kind", ["private channel", "group direct message"])
async def test_it_is_the_same_among_few(stage: Stage, kind: str) -> None:
    people = [stage.anna, stage.ben]
    is_group = kind == "group direct message"
    place = stage.slack.open_group_dm(people) if is_group else stage.slack.add_channel("few", people, is_private=True)
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text(POEM).in_pieces(6, pause=0.2))

    ts = stage.slack.say(stage.anna, place, f"<@{stage.slack.bot_user_id}> alerts in New York?")

    assert await stage.answered(ts, place) == [POEM]
    await stage.slack.until(lambda: stage.progress(ts, place) == ["Worked\n✓ Weather alerts for New York"])
    assert stage.leftovers(ts, place) == []
    assert stage.calls("chat.startStream") == 1
