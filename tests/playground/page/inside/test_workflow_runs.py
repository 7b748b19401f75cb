"""The drawer shows what Temporal knows about a conversation, even if its worker has just been killed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from agent_worker.contract.messages import Feedback, MessageChange, Renamed, StopRequest, UserMessage
from agent_worker.contract.names import FEEDBACK, MESSAGE_CHANGED, RENAMED, STOP, USER_MESSAGE
from agent_worker.contract.questions import ANSWER_QUESTION, APPROVE_BUTTON, Answer
from emulators.gemini.answers import calls, text
from emulators.slack.state.messages import Message
from playground.page.inside import workflow_runs
from playground.page.site import Site
from playground.page.surroundings import Surroundings
from playground.temporal_server import free_port
from tests.support.e2e.stage import Stage
from tests.support.playground.visiting import Visitor, scene

Json = dict[str, Any]


@pytest.fixture
async def around(temporal_address: str) -> Surroundings:
    return Surroundings(temporal={"target_host": temporal_address})


@pytest.fixture
async def stage(temporal_address: str, tmp_path: Path, around: Surroundings) -> AsyncIterator[Stage]:
    stage = Stage(temporal_address, tmp_path)
    stage.slack.add_routes(Site(stage.slack, around).routes())
    async with stage:
        await stage.start()
        yield stage


class Drawer:
    """The drawer of one thread: `shown` is the server's last answer."""

    def __init__(self, visitor: Visitor, channel: str, thread_ts: str) -> None:
        self._visitor = visitor
        self._place = {"channel": channel, "thread_ts": thread_ts}
        self.shown: Json = {}

    async def until(self, condition: Callable[[], object], seconds: float = 25) -> None:
        """Asks the server again, as the page does, until the condition holds."""
        async with asyncio.timeout(seconds):
            while not (self.shown and condition()):
                status, self.shown = await self._visitor.get("/page/inside", **self._place)
                assert status == 200, self.shown
                await asyncio.sleep(0.1)

    @property
    def steps(self) -> list[Json]:
        return list(self.shown.get("steps", []))

    def step(self, kind: str) -> Json:
        """The last step of this kind; empty if there is none."""
        return next((step for step in reversed(self.steps) if step["kind"] == kind), {})


async def test_a_killed_worker_shows_as_a_step_that_is_tried_again_by_another(stage: Stage) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Storms."))
    held = stage.world.hold("weather")
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> weather in New York?")
    await held.reached()
    first = f"pid {stage.worker.pid}"
    async with Visitor(stage.slack.url) as visitor:
        drawer = Drawer(visitor, stage.channel, ts)
        await drawer.until(lambda: drawer.step("tool"))
        running = drawer.step("tool")

        await stage.worker.kill()
        held.release()
        await drawer.until(lambda: drawer.step("tool")["state"] == "retrying")
        retrying = drawer.step("tool")
        await stage.worker.start()
        await stage.answered(ts)
        await drawer.until(lambda: drawer.step("post")["state"] == "done" and drawer.step("timer"))

    assert (running["title"], running["state"]) == ("Weather alerts for New York", "running")
    assert (running["asked"], running["returned"]) == ('{"state": "NY"}', "")
    assert (running["attempts"], running["worker"]) == (1, first)
    assert (retrying["attempts"], retrying["worker"]) == (2, first)
    assert "the worker that did this is gone" in retrying["error"]
    done, second = drawer.step("tool"), f"pid {stage.worker.pid}"
    assert (done["state"], done["attempts"], done["worker"], done["error"]) == ("done", 2, second, retrying["error"])
    assert done["started"] < done["ended"]
    assert done["returned"].startswith('{"output": {"')
    assert any(step["title"] == "Another worker takes the conversation over" for step in drawer.steps)


async def test_a_turn_reads_as_what_was_done(stage: Stage) -> None:
    stage.gemini.script(calls(("get_weather_alerts", {"state": "NY"})), text("Storms."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> weather\nin New York?")
    await stage.answered(ts)
    handle = await stage.workflow(ts)
    said = UserMessage(ts=ts, user=stage.anna, text="weather in New York?")
    await handle.signal(USER_MESSAGE, said)  # as a bot does that does not know whether it has sent the signal before
    await handle.signal(FEEDBACK, Feedback(turn=ts, user=stage.anna, value="good", at="1.000000"))
    await handle.signal(RENAMED, Renamed(title="Storms", user=stage.anna))
    await handle.signal(MESSAGE_CHANGED, MessageChange(ts="1.000000", at="2.000000", deleted=True))
    late = Answer(id="a", question="b", version=1, user=stage.anna, at="3.000000", decision="reject")
    await handle.signal(ANSWER_QUESTION, late)
    await handle.signal(STOP, StopRequest(at="1.000000", user=stage.anna))
    async with Visitor(stage.slack.url) as visitor:
        drawer = Drawer(visitor, stage.channel, ts)
        await drawer.until(lambda: "stop" in str(drawer.steps) and "7 days" in str(drawer.steps))

    assert (drawer.shown["workflow_id"], drawer.shown["status"]) == (handle.id, "running")
    assert drawer.shown["run_id"]
    told = [(step["kind"], _without_digest(step["title"])) for step in drawer.steps if step["kind"] != "post"]
    assert [one for one in told if one[0] not in ("signal", "timer")] == [
        ("run", "The conversation begins"),
        ("open", "Looks at the thread, for the agent default"),
        ("model", "Gemini asks for Weather alerts for New York (version …)"),
        ("tool", "Weather alerts for New York"),
        ("model", "Gemini answers (version …)"),
    ]
    assert [title for kind, title in told if kind == "signal"] == [
        "anna wrote “@agent weather in New York?”",
        "anna wrote “weather in New York?”, told again and known already",
        "anna judged the answer: good",
        "The conversation was renamed: “Storms”",
        "A message was deleted",
        "anna has decided: reject",
        "anna wants it to stop",
    ]
    assert ("timer", "Closes after 7 days of silence") in told
    sent = [one.headers for one in stage.gemini.requests] + [one.headers for one in stage.slack.calls]
    assert not any("x-activity" in headers for headers in sent)  # the playground alone asks for that
    delivered = [(step["kind"], step["state"], step["title"]) for step in drawer.steps if "Delivers" in step["title"]]
    assert [one[:2] for one in delivered] == [("post", "done")]
    cost = r"Delivers the answer: the turn took 2 requests, [\d,]+ tokens, \$0\.00\d+"
    assert re.fullmatch(cost, delivered[0][2])


async def test_what_people_have_decided_is_listed_with_how_often_they_were_asked(stage: Stage) -> None:
    ticket = {"title": "Printer", "description": "It is broken.", "queue": "it"}
    stage.gemini.script(calls(("file_ticket", ticket)), text("I filed IT-101."))
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> the printer is broken")

    def cards() -> list[Message]:
        return [post for post in stage.slack.bot_posts(stage.channel, ts) if APPROVE_BUTTON in str(post.blocks)]

    await stage.slack.until(cards)
    async with Visitor(stage.slack.url) as visitor:
        drawer = Drawer(visitor, stage.channel, ts)
        await drawer.until(lambda: (drawer.shown["decisions"] or {}).get("questions"))
        await drawer.until(lambda: "Waits for people to decide, for 7 days at most" in str(drawer.steps))
        open_question = drawer.shown["decisions"]

        stage.slack.press_button(stage.anna, stage.channel, cards()[0].ts, APPROVE_BUTTON)
        await drawer.until(lambda: drawer.shown["decisions"]["records"])
        (record,) = drawer.shown["decisions"]["records"]
        await stage.slack.until(lambda: "I filed IT-101." in stage.said(ts))
        await stage.worker.kill()
        status, shown = await visitor.get("/page/inside", channel=stage.channel, thread_ts=ts)

    assert (open_question["turns"], open_question["questions"], open_question["records"]) == (1, 1, [])
    assert (record["title"], record["outcome"]) == ("file_ticket: approved by anna", "approved")
    assert (record["asked_by"], record["is_error"]) == ("anna", False)
    assert '"title": "Printer"' in record["asked"]
    assert "IT-101" in record["returned"]
    assert record["agent"].startswith("default ")
    titles = [step["title"] for step in drawer.steps]
    assert "Shows people what it asks them" in titles
    assert "anna has decided: approve" in titles
    assert (status, shown["decisions"]["records"]) == (200, [record])  # as they were told last


async def test_a_gemini_that_is_away_shows_as_the_reason(stage: Stage) -> None:
    stage.gemini.away()
    ts = stage.slack.say(stage.anna, stage.channel, f"<@{stage.slack.bot_user_id}> hello")
    async with Visitor(stage.slack.url) as visitor:
        drawer = Drawer(visitor, stage.channel, ts)
        await stage.gemini.arrived(1)
        await drawer.until(lambda: drawer.step("model").get("state") == "retrying")

    assert drawer.step("model")["error"].startswith("Gemini did not answer (503")
    assert drawer.step("model")["title"] == "Asks Gemini"


async def test_a_thread_without_the_agent_has_nothing_inside(stage: Stage) -> None:
    ts = stage.slack.say(stage.anna, stage.channel, "among ourselves")
    async with Visitor(stage.slack.url) as visitor:
        status, answer = await visitor.get("/page/inside", channel=stage.channel, thread_ts=ts)

        run = {"channel": stage.channel, "thread_ts": ts, "run_id": str(uuid4()), "step": "1"}
        of_step = [await visitor.get("/page/inside/step", **run | other) for other in ({}, {"run_id": "no id"})]

    assert (status, answer["error"]) == (404, "the agent has not taken part in this thread")
    assert of_step == [(404, {"error": "the run has no such step, or nothing is in it"})] * 2


@pytest.mark.parametrize("which", ["gone", "unknown"])
async def test_without_temporal_there_is_a_sentence(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow_runs, "PATIENCE", 0.5)
    temporal = {"target_host": f"127.0.0.1:{free_port()}"} if which == "gone" else None
    async with scene(Surroundings(temporal=temporal)) as stage:
        place = {"channel": stage.general, "thread_ts": "1.000000"}
        of_run = await stage.visitor.get("/page/inside", **place)
        of_step = await stage.visitor.get("/page/inside/step", **place, run_id="a", step="1")

    assert of_run == of_step == (503, {"error": "Temporal does not answer just now"})


def _without_digest(title: str) -> str:
    return re.sub(r"\(version [0-9a-f]{16}\)", "(version …)", title)
