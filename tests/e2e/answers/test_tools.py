"""Tools: chained, in parallel, steered, failing; and what the thread shows of them."""

from __future__ import annotations

import json

from emulators.gemini.answers import calls, text
from tests.support.e2e.stage import Stage
from tests.support.e2e.ticket_card import asked

ALERTS = "get_weather_alerts"


def ask(stage: Stage, question: str) -> str:
    return stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> {question}")


async def test_where_i_am_chains_three_tools_by_the_models_own_choice(stage: Stage) -> None:
    address = stage.world.public_ip
    stage.gemini.script(
        calls(("get_ip_address", {})),
        calls(("get_location_info", {"ipaddress": address})).given(contains=address),
        calls((ALERTS, {"state": "NY"})).given(contains="New York"),
        text("There are alerts in **New York**.").given(contains="severity"),
    )

    ts = ask(stage, "are there any weather alerts where I am?")

    assert await stage.answered(ts) == ["There are alerts in **New York**."]
    assert [call.service for call in stage.world.calls] == ["ip_address", "geolocation", "weather"]
    await stage.steps_are_over(ts)
    (progress,) = stage.progress(ts)
    assert "Weather alerts for New York" in progress
    assert progress.count("✓") == 3


async def test_a_ticket_whose_answer_is_lost_is_filed_once(stage: Stage) -> None:
    stage.world.fail("helpdesk", "lost_answer")
    card = await asked(stage, "I filed IT-101.", hears="IT-101")

    card.press(stage.anna)

    assert (await stage.answered(card.ts, times=2))[-1] == "I filed IT-101."
    assert len(stage.world.calls_to("helpdesk")) == 2
    assert [ticket.number for ticket in stage.world.tickets] == ["IT-101"]


async def test_two_states_are_looked_up_at_the_same_time(stage: Stage) -> None:
    stage.gemini.script(
        calls((ALERTS, {"state": "NY"}), (ALERTS, {"state": "CA"})), text("Both.").given(contains="severity")
    )
    new_york, california = stage.world.hold("weather"), stage.world.hold("weather")

    ts = ask(stage, "alerts in New York and California?")
    await new_york.reached()
    await california.reached()  # only when both are under way is either answered
    await stage.slack.until(lambda: stage.progress(ts))
    california.release()
    new_york.release()

    assert await stage.answered(ts) == ["Both."]
    responses = [part["functionResponse"] for part in stage.gemini.requests[1].contents[-1]["parts"]]
    assert ["New York" in str(response) for response in responses] == [True, False]
    assert len(stage.progress(ts)) == 1


async def test_the_model_is_asked_on_while_slack_takes_its_time_to_show_a_step(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), calls((ALERTS, {"state": "CA"})), text("Both."))
    shown = stage.slack.hold("chat.update", when=lambda update: "in_progress" in json.dumps(update["blocks"]))

    ts = ask(stage, "alerts in New York, then in California?")
    await shown.reached()
    await stage.gemini.arrived(3)
    shown.release()

    assert await stage.answered(ts) == ["Both."]
    await stage.steps_are_over(ts)
    (progress,) = stage.progress(ts)
    assert progress.count("✓") == 2


async def test_a_follow_up_while_a_tool_runs_steers_the_turn(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), text("Only floods.").given(contains="only floods, please"))
    held = stage.world.hold("weather")
    ts = ask(stage, "alerts in New York?")
    await held.reached()

    reply = stage.slack.say(stage.anna, stage.channel, "only floods, please", thread_ts=ts)
    await stage.slack.until(lambda: stage.is_acknowledged(reply))
    held.release()

    assert await stage.answered(ts) == ["Only floods."]


async def test_a_follow_up_during_the_last_model_call_is_the_next_turn(stage: Stage) -> None:
    held = stage.gemini.hold()
    ts = ask(stage, "say something")
    await held.reached()
    reply = stage.slack.say(stage.anna, stage.channel, "and something else", thread_ts=ts)
    await stage.slack.until(lambda: stage.is_acknowledged(reply))
    stage.gemini.script(text("Something else.").given(contains="and something else"))

    held.release(text("Something."))

    assert await stage.answered(ts, times=2) == ["Something.", "Something else."]


async def test_a_tool_whose_service_is_down_is_tried_again_and_then_told_to_the_model(stage: Stage) -> None:
    stage.gemini.script(
        calls((ALERTS, {"state": "NY"})), text("The weather service is down.").given(contains="not answer")
    )
    stage.world.fail("weather", "server_error", times=10)

    ts = ask(stage, "alerts in New York?")

    assert await stage.answered(ts) == ["The weather service is down."]
    assert len(stage.world.calls_to("weather")) == 3
    await stage.steps_are_over(ts)
    assert "✗" in stage.progress(ts)[0]


async def test_calls_that_make_no_sense_are_answered_without_doing_anything(stage: Stage) -> None:
    stage.gemini.script(
        calls(
            (ALERTS, {"state": "Narnia"}),
            ("deliver", {"text": "pwned"}),
            ("get_location_info", {"ipaddress": "10.0.0.1"}),
        ),
        text("None of these worked."),
    )

    ts = ask(stage, "try some nonsense")

    assert await stage.answered(ts) == ["None of these worked."]
    responses = [part["functionResponse"]["response"] for part in stage.gemini.requests[1].contents[-1]["parts"]]
    assert [list(response) for response in responses] == [["error"]] * 3
    assert "no tool called deliver" in responses[1]["error"]
    assert stage.world.calls == []


async def test_the_last_model_call_of_a_turn_is_asked_for_an_answer_without_tools(stage: Stage) -> None:
    again = calls(("get_ip_address", {}))
    stage.gemini.script(*[again.given(mode="AUTO")] * 11, text("Enough.").given(mode="NONE"))

    ts = ask(stage, "never stop")

    assert await stage.answered(ts) == ["Enough."]


async def test_the_status_line_says_that_the_agent_is_at_work_until_the_answer_is_there(stage: Stage) -> None:
    stage.gemini.script(calls((ALERTS, {"state": "NY"})), text("Sunny."))
    held = stage.world.hold("weather")

    ts = ask(stage, "alerts in New York?")
    await held.reached()
    await stage.slack.until(lambda: stage.progress(ts))
    await stage.slack.until(lambda: stage.slack.status(stage.channel, ts) == "is working…")
    held.release()
    await stage.answered(ts)

    log = [status for _, status in stage.slack.status_log(stage.channel, ts)]
    assert log == ["is thinking…", "", "is working…", ""]  # Slack takes the first away when the steps are posted
