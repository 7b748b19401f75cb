"""What the agent knows of time, people and the place, through the real processes."""

from __future__ import annotations

import json
from typing import Any

from emulators.gemini.answers import text
from tests.support.agent_worker.model_lines import undated
from tests.support.e2e.stage import Stage

READS = {"users.info", "conversations.info", "conversations.replies", "conversations.history"}


def objects(stage: Stage) -> list[dict[str, Any]]:
    """The objects of all that Gemini was given last in the role of the user."""
    contents = [content for content in stage.gemini.requests[-1].contents if content["role"] == "user"]
    return [json.loads(part["text"]) for content in contents for part in content["parts"] if "text" in part]


def reads(stage: Stage) -> list[str]:
    return sorted(call.method for call in stage.slack.calls if call.method in READS)


async def test_in_a_channel_it_knows_where_it_is_who_asks_and_when_and_looks_once(stage: Stage) -> None:
    stage.gemini.script(text("Hello."), text("Hello again."))
    before = len(reads(stage))

    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> what day is it here?")
    await stage.answered(ts)
    first = reads(stage)
    stage.slack.say(stage.anna, stage.channel, "and now?", thread_ts=ts)
    await stage.answered(ts, times=2)

    place, person, *said = objects(stage)
    assert (place["place"], place["id"], place["kind"]) == ("#general", stage.channel, "public channel")
    assert (person["person"], person["full_name"], person["time_zone"]) == ("anna", "Anna Berg", "America/New_York")
    assert [undated(one)["text"] for one in said] == ["what day is it here?", "and now?"]
    assert (before, first) == (0, ["conversations.info", "users.info"])
    assert reads(stage) == first


async def test_in_direct_messages_it_knows_who_asks_and_looks_at_that_person_alone(stage: Stage) -> None:
    stage.gemini.script(text("Hello."))
    direct = stage.slack.open_dm(stage.anna)

    ts = stage.slack.say(stage.anna, direct, "what day is it here?")
    await stage.answered(ts, direct)

    assert [one.get("place") or one.get("person") or one["text"] for one in objects(stage)] == [
        "direct messages",
        "anna",
        "what day is it here?",
    ]
    assert reads(stage) == ["users.info"]


async def test_whom_it_may_not_notify_it_names(stage: Stage) -> None:
    stage.gemini.script(text("Hello."), text(f"<@{stage.ben}>, ask <@{stage.anna}> or <@U0NOBODY>."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")
    await stage.answered(ts)

    stage.slack.say(stage.ben, stage.channel, f"<@{stage.slack.bot_user_id}> who knows?", thread_ts=ts)

    answer = (await stage.answered(ts, times=2))[-1].replace("\N{ZERO WIDTH SPACE}", "")
    assert "ask @anna or @U0NOBODY." in answer
    assert f"<@{stage.anna}>" not in answer
