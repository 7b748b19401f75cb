"""Agents as files: which one answers where, what it may do, and when a changed file takes effect."""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path

from agent_worker.payloads import errors
from emulators.gemini import faults
from emulators.gemini.answers import calls, text
from emulators.gemini.request import ModelRequest
from tests.support.agent_worker.agents import write
from tests.support.e2e.stage import Stage

ALERTS, ADDRESS = "get_weather_alerts", "get_ip_address"
READ_ANEW = "agents are read anew"


def ask(stage: Stage, question: str, channel: str = "", thread_ts: str | None = None) -> str:
    return stage.slack.say(
        stage.anna, channel or stage.channel, f"<@{stage.slack.bot_user_id}> {question}", thread_ts=thread_ts
    )


async def changed(stage: Stage, name: str, front: str, body: str) -> None:
    """Writes an agent's file, and returns when the worker has read it."""
    before = sum(READ_ANEW in line for line in stage.worker.lines)
    write(stage.agents, name, front, body)
    await noticed(stage, READ_ANEW, before + 1)


async def noticed(stage: Stage, words: str, times: int = 1) -> None:
    async with asyncio.timeout(20):
        while sum(words in line for line in stage.worker.lines) < times:  # noqa: ASYNC110  a log tells nobody
            await asyncio.sleep(0.05)


def instructions(request: ModelRequest) -> str:
    return request.system_instruction.partition("\n")[0]


def responses(request: ModelRequest) -> list[str]:
    return [str(part["functionResponse"]["response"]) for part in request.contents[-1]["parts"]]


async def test_each_channel_has_its_own_agent_with_its_own_tools_model_and_instructions(stage: Stage) -> None:
    ops = stage.slack.add_channel("ops-room", members=[stage.anna])
    sales = stage.slack.add_channel("sales", members=[stage.anna])
    write(stage.agents, "ops", 'tools: ["get_i*"]\nchannels: ["#ops-*"]\nmodel: gemini-4-argon', "You run things.")
    await changed(stage, "sales", f"tools: []\nchannels: [{sales}]", "You sell things.")
    stage.gemini.script(text("Run."), text("Sell."), text("Else."))

    assert await stage.answered(ask(stage, "hello", ops), ops) == ["Run."]
    assert await stage.answered(ask(stage, "hello", sales), sales) == ["Sell."]
    assert await stage.answered(ask(stage, "hello")) == ["Else."]

    by_ops, by_sales, by_default = stage.gemini.requests
    assert (instructions(by_ops), by_ops.tool_names, by_ops.model) == ("You run things.", [ADDRESS], "gemini-4-argon")
    assert (instructions(by_sales), by_sales.tool_names) == ("You sell things.", [])
    assert instructions(by_default).startswith("You are an agent in a Slack workspace.")
    assert {ALERTS, ADDRESS} <= set(by_default.tool_names)


async def test_a_file_that_changes_in_mid_turn_takes_effect_with_the_next_turn(stage: Stage) -> None:
    await changed(stage, "default", f"tools: [{ALERTS}]", "Before.")
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), text("One."), text("Two."))
    held = stage.world.hold("weather")
    ts = ask(stage, "alerts in New York?")
    await held.reached()

    await changed(stage, "default", f"tools: [{ALERTS}, {ADDRESS}]\nmodel: gemini-4-argon", "After.")
    held.release()
    await stage.answered(ts)
    ask(stage, "and now?", thread_ts=ts)
    await stage.answered(ts, times=2)

    told = [(instructions(request), request.model) for request in stage.gemini.requests]
    assert told == [("Before.", "gemini-3.8-flash")] * 2 + [("After.", "gemini-4-argon")]
    assert [request.tool_names for request in stage.gemini.requests[1:]] == [[ALERTS], [ADDRESS, ALERTS]]
    assert stage.gemini.refusals == []  # the signatures of one model are not shown to another


async def test_a_turn_whose_worker_was_killed_goes_on_with_its_version_though_the_file_has_changed(
    stage: Stage,
) -> None:
    await changed(stage, "default", "", "Before.")
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), text("One."))
    held = stage.world.hold("weather")
    ts = ask(stage, "alerts in New York?")
    await held.reached()

    await stage.worker.kill()
    write(stage.agents, "default", "", "After.")
    held.release()
    await stage.worker.start()

    assert await stage.answered(ts) == ["One."]
    assert [instructions(request) for request in stage.gemini.requests] == ["Before."] * 2


async def test_a_tool_that_the_agent_may_not_use_is_refused_when_the_model_asks_for_it(stage: Stage) -> None:
    await changed(stage, "default", f"tools: [{ALERTS}]", "Answer.")
    stage.gemini.script(calls((ADDRESS, {})), text("I may not."))

    ts = ask(stage, "where are you?")

    assert await stage.answered(ts) == ["I may not."]
    assert f"no tool called {ADDRESS}" in responses(stage.gemini.requests[1])[0]
    assert stage.world.calls == []


async def test_no_other_name_for_a_tool_gets_past_the_gate(stage: Stage) -> None:
    await changed(stage, "default", f"tools: [{ALERTS}]", "Answer.")
    asked = [ADDRESS.upper(), f"{ADDRESS} ", f"functions.{ADDRESS}", "get_ip_*", "get_ip_addres\u0455", "deliver"]
    stage.gemini.script(calls(*((name, {}) for name in asked)), text("I may not."))

    assert await stage.answered(ask(stage, "where are you?")) == ["I may not."]

    told = responses(stage.gemini.requests[1])
    assert [f"The tools are: {ALERTS}." in one for one in told] == [True] * len(asked)
    assert stage.world.calls == []


async def test_a_turn_whose_first_model_call_is_tried_again_after_a_change_is_told_of_the_tools_that_are_left(
    stage: Stage,
) -> None:
    await changed(stage, "default", f"tools: [{ALERTS}, {ADDRESS}]", "Before.")
    held = stage.gemini.hold()
    ts = ask(stage, "hello")
    await held.reached()

    await changed(stage, "default", f"tools: [{ADDRESS}]", "After.")
    stage.gemini.script(text("Hello."))
    held.release(faults.error(503))

    assert await stage.answered(ts) == ["Hello."]
    assert [(instructions(one), one.tool_names) for one in stage.gemini.requests] == [
        ("Before.", [ADDRESS, ALERTS]),
        ("After.", [ADDRESS]),
    ]


async def test_a_tool_that_is_taken_away_in_mid_turn_is_not_run_any_more(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "alerts in New York?")
    await held.reached()

    await changed(stage, "default", f"tools: [{ADDRESS}]", "Answer.")
    stage.gemini.script(text("It was taken away."))
    held.release(calls((ALERTS, {"state": "NY"})))

    assert await stage.answered(ts) == ["It was taken away."]
    assert f"no tool called {ALERTS}" in responses(stage.gemini.requests[1])[0]
    assert stage.world.calls == []


async def test_a_file_that_becomes_bad_is_logged_and_counts_as_it_was_when_it_was_good(stage: Stage) -> None:
    await changed(stage, "default", "", "Good.")
    write(stage.agents, "default", "tools: [1]\nmodle: x", "Bad.")
    await noticed(stage, "the last good one counts", 2)
    stage.gemini.script(text("Yes."))

    await stage.answered(ask(stage, "are you there?"))

    assert instructions(stage.gemini.requests[0]) == "Good."
    log = "\n".join(stage.worker.lines)
    assert re.search(r"default\.md line=2 field=tools\.1 ", log)
    assert re.search(r"default\.md line=3 field=modle problem=is not a field", log)
    assert log.count("the last good one counts") == 2  # once for each problem


async def test_bad_files_are_named_all_together_when_the_worker_starts(temporal_address: str, tmp_path: Path) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        write(stage.agents, "ops", "channels: [general]\nmax_model_calls: 0")
        write(stage.agents, "sales", "channels: ['#general']")
        write(stage.agents, "Sales", "a: b")
        write(stage.agents, "support", "channels: [general]")
        await stage.worker.start(wait=False)

        assert await stage.worker.ended() == 2

        said = "\n".join(stage.worker.lines)
        assert "These files of agents need attention:" in said
        assert "ops.md:3: max_model_calls: Input should be greater than or equal to 1" in said
        assert "Sales.md:1: the name of an agent is made of" in said
        assert "support.md:2: channels: the channel general is claimed by" in said


async def test_the_instructions_of_the_settings_are_for_a_file_without_any_and_the_log_says_when_they_are_not_used(
    temporal_address: str, tmp_path: Path
) -> None:
    async with Stage(temporal_address, tmp_path) as stage:
        stage.worker = stage.process("agent_worker", ready="worker is ready", AGENT_INSTRUCTIONS="From the settings.")
        await stage.start()
        unused = [line for line in stage.worker.lines if "AGENT_INSTRUCTIONS is not used" in line]
        await changed(stage, "default", "tools: []", "")
        stage.gemini.script(text("Yes."))

        await stage.answered(ask(stage, "hello"))

        assert len(unused) == 1
        assert instructions(stage.gemini.requests[0]) == "From the settings."


async def test_where_slack_does_not_tell_the_channels_name_nobody_answers_for_another_agent(stage: Stage) -> None:
    await changed(stage, "ops", "channels: [ops]\ntools: []", "You run things.")
    stage.slack.faults.add(method="conversations.info", kind="error", error="missing_scope", times=None)

    ts = ask(stage, "hello")

    assert await stage.answered(ts) == [errors.sentence(errors.CHANNEL_UNNAMED)]
    assert stage.gemini.requests == []
    stage.slack.faults.clear()
    stage.gemini.script(text("Now I know."))
    ask(stage, "and now?", thread_ts=ts)
    assert (await stage.answered(ts, times=2))[1] == "Now I know."


async def test_while_slack_is_away_a_question_waits_until_it_is_known_which_agent_answers(stage: Stage) -> None:
    await changed(stage, "ops", "channels: [general]", "You run things.")
    stage.slack.faults.add(method="conversations.info", kind="internal_error", times=2)
    stage.gemini.script(text("Here."))

    assert await stage.answered(ask(stage, "hello")) == ["Here."]
    assert instructions(stage.gemini.requests[0]) == "You run things."


async def test_where_two_globs_claim_a_channel_nobody_answers_and_the_thread_is_told(stage: Stage) -> None:
    write(stage.agents, "ops", "channels: ['gen*']", "One.")
    await changed(stage, "sales", "channels: ['*ral']", "Two.")

    ts = ask(stage, "hello")

    assert await stage.answered(ts) == [errors.sentence(errors.AGENT_UNCLEAR)]
    assert stage.gemini.requests == []


async def test_a_conversation_keeps_its_agent_and_says_so_when_that_has_no_file_any_more(stage: Stage) -> None:
    await changed(stage, "ops", "channels: [general]", "You run things.")
    stage.gemini.script(text("One."))
    ts = ask(stage, "hello")
    await stage.answered(ts)

    (stage.agents / "ops.md").unlink()
    await noticed(stage, READ_ANEW, 2)
    ask(stage, "still there?", thread_ts=ts)
    assert (await stage.answered(ts, times=2))[1] == errors.sentence(errors.AGENT_GONE)
    await changed(stage, "ops", "channels: [elsewhere]", "You run things again.")
    stage.gemini.script(text("Back."))
    ask(stage, "and now?", thread_ts=ts)

    assert (await stage.answered(ts, times=3))[2] == "Back."
    assert instructions(stage.gemini.requests[-1]) == "You run things again."


async def test_a_bare_mention_is_answered_with_the_agents_own_greeting(stage: Stage) -> None:
    await changed(stage, "ops", "channels: [general]\ngreeting: I run things here.", "You run things.")

    assert await stage.answered(ask(stage, "")) == ["I run things here."]


async def test_the_number_of_model_calls_is_the_agents_own_from_its_first_turn_on(stage: Stage) -> None:
    await changed(stage, "default", "max_model_calls: 1", "Answer.")
    stage.gemini.script(text("At once.").given(mode="NONE"))

    assert await stage.answered(ask(stage, "hello")) == ["At once."]


async def test_the_digest_of_the_version_is_in_the_history_and_in_the_log(stage: Stage) -> None:
    stage.gemini.script(text("Yes."))
    ts = ask(stage, "hello")
    await stage.answered(ts)

    history = (await (await stage.workflow(ts)).fetch_history()).to_json()

    logged = next(line for line in stage.worker.lines if "agent has a version" in line)
    digest = logged.partition("digest=")[2].split()[0]
    assert digest
    assert digest in _decoded(history)


def _decoded(history: str) -> str:
    """The payloads of a history, as text."""

    return "\n".join(
        base64.b64decode(data).decode(errors="replace") for data in re.findall(r'"data": ?"([^"]+)"', history)
    )


async def answer_of_command(stage: Stage, channel: str) -> str:
    stage.slack.run_command(stage.anna, channel, "/agent", "")
    await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
    return str((stage.slack.deliveries[-1].answer or {}).get("text", ""))


async def test_the_command_and_the_home_tab_tell_which_agent_answers_and_where_each_value_comes_from(
    stage: Stage,
) -> None:
    ops = stage.slack.add_channel("ops", members=[stage.anna], is_private=True)
    private = "channels: [ops]\ndescription: Runs things.\nmax_model_calls: 3\ntools: [get_i*]"
    write(stage.agents, "ops", private, "You run things.")
    await changed(stage, "pages", "channels: [direct]\nprompts: ['Which page?']\ntools: []", "You find pages.")

    async def told(channel: str, words: str) -> str:
        async with asyncio.timeout(30):
            while words not in (said := await answer_of_command(stage, channel)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # the worker publishes it within seconds, and tells nobody
        return said

    in_ops, elsewhere = await told(ops, "*ops* answers here"), await told(stage.channel, "*default* answers here")
    stage.slack.open_app_home(stage.anna, "home")
    await stage.slack.until(lambda: stage.slack.home(stage.anna))
    home = stage.slack.visible_text(stage.slack.home(stage.anna) or {"blocks": []})

    assert "at most 3 _(" in in_ops
    assert "agents/ops.md" in in_ops.replace("\u2060", "")
    assert ADDRESS.replace("_", "") in in_ops.replace("_", "").replace("\u02cd", "")
    assert "gemini-3" in elsewhere
    assert "built in" in elsewhere
    assert "ops" not in elsewhere.replace("default", "")
    assert "pages answers here" in home.replace("*", "")
    assert "Which page?" in home


async def test_the_agent_of_the_direct_messages_suggests_its_own_questions(stage: Stage) -> None:
    await changed(stage, "pages", "channels: [direct]\nprompts: ['Which page?']", "You find pages.")

    async def suggested() -> list[dict[str, str]]:
        stage.slack.open_app_home(stage.ben, "home")
        await stage.slack.until(lambda: all(delivery.acked for delivery in stage.slack.deliveries))
        page = stage.slack.home(stage.ben)
        return [{"found": "yes"}] if "Which page?" in str(page) else []

    async with asyncio.timeout(30):
        while not await suggested():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    stage.slack.open_app_home(stage.anna, "messages")
    await stage.slack.until(lambda: stage.slack.suggested_prompts(stage.slack.open_dm(stage.anna)))

    prompts = stage.slack.suggested_prompts(stage.slack.open_dm(stage.anna))
    assert prompts == [{"title": "Which page?", "message": "Which page?"}]
