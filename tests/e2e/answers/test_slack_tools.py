"""Tools for Slack, through both processes: what is read, for whom, and what the thread shows of it."""

from __future__ import annotations

import json
from pathlib import Path

from emulators.gemini.answers import calls, text
from emulators.gemini.request import ModelRequest
from tests.support.e2e.stage import Stage

SEEING = {"find_channels", "find_people", "read_channel", "read_thread"}


def ask(stage: Stage, question: str, person: str = "", channel: str = "", thread_ts: str | None = None) -> str:
    mention = f"<@{stage.slack.bot_user_id}> {question}"
    return stage.slack.say(person or stage.anna, channel or stage.channel, mention, thread_ts=thread_ts)


def responses(request: ModelRequest) -> list[str]:
    return [json.dumps(part["functionResponse"]["response"]) for part in request.contents[-1]["parts"]]


async def test_what_was_said_in_the_channel_is_read_and_stands_on_the_card_with_its_link(stage: Stage) -> None:
    said = stage.slack.say(stage.ben, stage.channel, "we take the blue one")
    stage.gemini.script(
        calls(("read_channel", {})).given(tool="read_channel"), text("The blue one.").given(contains="the blue one")
    )

    ts = ask(stage, "what did we decide?")

    assert await stage.answered(ts) == ["The blue one."]
    assert '"from": "ben"' in responses(stage.gemini.requests[1])[0]
    await stage.steps_are_over(ts)
    (progress,) = stage.progress(ts)
    assert "Reading this channel" in progress
    assert f"/archives/{stage.channel}/p{said.replace('.', '')}" in json.dumps(
        [post.blocks for post in stage.slack.bot_posts(stage.channel, ts)]
    )


async def test_a_private_channel_is_told_to_its_member_alone_and_never_in_another_channel(stage: Stage) -> None:
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True)
    stage.slack.say(stage.anna, secret, "the plan")
    reading = calls(("read_channel", {"channel": secret}))
    stage.gemini.script(reading, text("Not here."), reading, text("Not for you."), reading, text("The plan."))
    of_anna, of_ben = stage.slack.open_dm(stage.anna), stage.slack.open_dm(stage.ben)

    await stage.answered(ask(stage, "read it here"))
    await stage.answered(ask(stage, "read it", stage.ben, of_ben), of_ben)
    await stage.answered(ask(stage, "read it", stage.anna, of_anna), of_anna)

    here, for_ben, for_anna = [responses(request)[0] for request in stage.gemini.requests[1::2]]
    assert "That channel is private" in here
    assert "I know no such channel" in for_ben
    assert "the plan" in for_anna
    assert "the plan" not in here + for_ben


async def test_what_one_of_two_who_ask_may_not_see_is_read_for_neither(stage: Stage) -> None:
    """Ben steers the turn in which Anna asks, in group direct messages of all three."""
    secret = stage.slack.add_channel("secret", members=[stage.anna], is_private=True)
    stage.slack.say(stage.anna, secret, "the plan")
    stage.gemini.script(
        calls(("get_weather_alerts", {"state": "NY"})),
        calls(("read_channel", {"channel": secret})),
        text("I may not."),
    )
    held = stage.world.hold("weather")

    ts = ask(stage, "the weather?")
    await held.reached()
    ask(stage, "and read the secret", stage.ben, thread_ts=ts)
    await stage.slack.until(lambda: stage.is_acknowledged(stage.slack.messages(stage.channel)[-1].ts))
    held.release()

    assert await stage.answered(ts) == ["I may not."]
    assert "I know no such channel" in responses(stage.gemini.requests[2])[0]


async def test_where_the_workspace_has_no_search_the_model_is_not_told_that_it_could(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path, search=False) as stage:
        await stage.start()
        stage.gemini.script(calls(("search_messages", {"query": "plan"})), text("I cannot search."))

        ts = ask(stage, "search for the plan")

        assert await stage.answered(ts) == ["I cannot search."]
        offered = set(stage.gemini.requests[0].tool_names)
        assert offered >= SEEING
        assert "search_messages" not in offered
        assert "There is no tool called search_messages." in responses(stage.gemini.requests[1])[0]
        assert stage.calls("assistant.search.context") == 0


async def test_a_question_from_a_terminal_has_no_tools_for_slack(stage: Stage) -> None:
    stage.gemini.script(calls(("read_channel", {"channel": stage.channel})), text("Not from here."))
    terminal = stage.process("agent_worker.ask", ready="", arguments=["what was said in #general?"])

    await terminal.start(wait=False)

    assert await terminal.ended() == 0
    assert not SEEING & set(stage.gemini.requests[0].tool_names)
    assert "There is no tool called read_channel." in responses(stage.gemini.requests[1])[0]
    assert stage.calls("conversations.history") == 0
