"""Files, forwarded messages and tables that come with a question."""

from __future__ import annotations

import base64
from typing import Any

from emulators.gemini.answers import text
from emulators.gemini.request import ModelRequest
from tests.support.e2e.stage import Stage

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
IMAGE: dict[str, Any] = {"name": "pond.png", "mimetype": "image/png", "content": PICTURE}
NOTES: dict[str, Any] = {"name": "notes.py", "mimetype": "text/x-python", "content": b"call_of_the_heron()\n"}


def ask(stage: Stage, question: str, **message: Any) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}", **message)


def parts(request: ModelRequest) -> list[dict[str, Any]]:
    return [part for content in request.contents for part in content["parts"]]


def pictures(request: ModelRequest) -> list[bytes]:
    return [base64.urlsafe_b64decode(part["inlineData"]["data"]) for part in parts(request) if "inlineData" in part]


def words(request: ModelRequest) -> str:
    return "\n".join(part["text"] for part in parts(request) if "text" in part)


async def test_a_picture_and_a_source_file_reach_gemini_and_not_the_history(stage: Stage) -> None:
    stage.gemini.script(text("A pond, and a program."))

    ts = ask(stage, "what is this?", files=[IMAGE, NOTES])

    assert await stage.answered(ts) == ["A pond, and a program."]
    assert pictures(stage.gemini.requests[0]) == [PICTURE]
    assert "call_of_the_heron()" in words(stage.gemini.requests[0])
    history = await (await stage.workflow(ts)).fetch_history()
    stored = "".join(str(event) for event in history.events)
    assert "notes.py" in stored
    assert "call_of_the_heron" not in stored
    assert base64.b64encode(PICTURE).decode() not in stored


async def test_the_file_is_there_in_the_next_turn_until_somebody_deletes_it(stage: Stage) -> None:
    stage.gemini.script(text("A pond."), text("Still a pond."), text("It is gone."))
    ts = ask(stage, "what is this?", files=[IMAGE])
    await stage.answered(ts)
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)
    await stage.answered(ts, times=2)
    assert pictures(stage.gemini.requests[1]) == [PICTURE]

    (root,) = [message for message in stage.slack.thread(stage.channel, ts) if message.ts == ts]
    stage.slack.delete_file(root.files[0]["id"])
    stage.slack.say(stage.anna, stage.channel, "and after all that?", thread_ts=ts)

    await stage.answered(ts, times=3)
    assert pictures(stage.gemini.requests[2]) == []
    assert '"file":"pond.png","unreadable":"it has been deleted"' in words(stage.gemini.requests[2])


async def test_a_file_that_cannot_be_read_gets_a_sentence(stage: Stage) -> None:
    stage.gemini.script(text("I cannot open it."))

    ts = ask(stage, "listen to this", files=[{"name": "song.mp3", "mimetype": "audio/mpeg", "content": b"ID3"}])

    await stage.answered(ts)
    assert '"file":"song.mp3","unreadable":"only text, PDF' in words(stage.gemini.requests[0])


async def test_a_file_without_a_word_in_a_direct_message_is_a_question(stage: Stage) -> None:
    direct = stage.slack.open_dm(stage.anna)
    stage.gemini.script(text("A pond."))

    ts = stage.slack.say(stage.anna, direct, "", files=[IMAGE], subtype="file_share")

    assert await stage.answered(ts, direct) == ["A pond."]
    assert pictures(stage.gemini.requests[0]) == [PICTURE]


async def test_a_forwarded_message_and_a_table_are_read(stage: Stage) -> None:
    forwarded = {"is_share": True, "author_name": "Ben Lee", "text": "the queue is stuck", "fallback": "[…]"}
    cells = [[{"type": "raw_text", "text": word} for word in row] for row in (["host", "load"], ["web-7", "99"])]
    table = {"blocks": [{"type": "table", "rows": cells}], "fallback": "[table]"}
    stage.gemini.script(text("Restart web-7."))

    ts = ask(stage, "what now?", attachments=[forwarded, table])

    assert await stage.answered(ts) == ["Restart web-7."]
    read = words(stage.gemini.requests[0])
    assert all(word in read for word in ("the queue is stuck", "web-7", "99"))
