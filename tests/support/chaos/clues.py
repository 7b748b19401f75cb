"""What is known of a conversation in which something went wrong, written down for whoever looks for the cause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.json_format import MessageToJson

from emulators.gemini.request import ModelRequest
from tests.support.chaos.conversation import Conversation


async def write_clues(conversation: Conversation, why: str, requests: Sequence[ModelRequest], directory: Path) -> Path:
    """Writes into a directory of its own below `directory`, which is made only then, and returns it.

    What went wrong, what the model was asked, all that Slack has heard, what Temporal tells of the workflow with its
    pending task, all its histories, and the logs of the two processes.
    """
    stage = conversation.stage
    handle = await stage.workflow(conversation.ts, conversation.channel)
    described = (await handle.describe()).raw_description
    place = directory / handle.id
    place.mkdir(parents=True, exist_ok=True)
    (place / "why.txt").write_text(f"{why}\n", encoding="utf-8")
    (place / "described.json").write_text(MessageToJson(described), encoding="utf-8")
    (place / "requests.json").write_text(json.dumps([one.body for one in requests], indent=1), encoding="utf-8")
    calls = [str(call) for call in stage.slack.calls if conversation.channel in map(str, call.arguments.values())]
    (place / "slack.txt").write_text("\n".join(calls), encoding="utf-8")
    for number, run in enumerate(await stage.runs(conversation.ts, conversation.channel), start=1):
        (place / f"history_{number}.json").write_text(json.dumps(run.to_json_dict(), indent=1), encoding="utf-8")
    for name, process in (("worker", stage.worker), ("bot", stage.bot)):
        (place / f"{name}.log").write_text("\n".join([*process.lines, ""]), encoding="utf-8")
    return place
