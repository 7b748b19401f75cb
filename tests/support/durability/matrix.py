"""The fault matrix: at which steps of a turn what breaks, and how a turn is brought to exactly that step."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from emulators.gemini.holds import HeldAnswer
from emulators.gemini.request import ModelRequest
from tests.support.durability.answering import FILE_TICKET, MCP_TOOL, TOOL
from tests.support.durability.stage import BreakableStage
from tests.support.durability.talks import Talk

Arguments = Mapping[str, Any]
LONGEST_RETRIES = 11.0  # seconds; Temporal's client tries again for ten
ASK, OPEN, SHOW, DELIVER = "ask_model", "open_conversation", "show_progress", "deliver"
READ_LINKS, CARD = "read_links", "show_question"


class Held(Protocol):
    """One call that waits until it is released."""

    async def reached(self) -> object: ...

    def release(self) -> None: ...


@dataclass
class HeldModelCall:
    """A model call that is answered by rule when it is released."""

    stage: BreakableStage
    hold: HeldAnswer
    request: ModelRequest | None = None

    async def reached(self) -> None:
        self.request = await self.hold.reached()

    def release(self) -> None:
        if self.request is not None:
            self.hold.release(self.stage.model.answer(self.request))


@dataclass(frozen=True)
class Step:
    """A moment in a turn. `activity` is under way then and nothing else, `call` is what it may have to do again."""

    name: str
    hold: Callable[[Talk], Held]
    activity: str
    call: str = ""
    slowly: bool = False
    tools: bool = True
    through_mcp: bool = False
    has_link: bool = False
    files_ticket: bool = False
    decides: bool = False  # before the step is reached

    def talk(self, stage: BreakableStage) -> Talk:
        return Talk(
            stage,
            self.name,
            slowly=self.slowly,
            tools=self.tools,
            through_mcp=self.through_mcp,
            has_link=self.has_link,
            files_ticket=self.files_ticket,
        )


def slack_call(method: str, fits: Callable[[Arguments], bool], *, stored: bool = False) -> Callable[[Talk], Held]:
    return lambda talk: talk.stage.slack.hold(method, after_commit=stored, when=is_of(talk, fits))


def is_of(talk: Talk, fits: Callable[[Arguments], bool]) -> Callable[[Arguments], bool]:
    """Calls of this talk alone."""
    mine = {talk.channel, talk.person}
    names = ("channel", "channel_id", "user")
    return lambda arguments: not mine.isdisjoint(str(arguments.get(name)) for name in names) and fits(arguments)


def model_call(number: int) -> Callable[[Talk], Held]:
    def hold(talk: Talk) -> Held:
        return HeldModelCall(talk.stage, talk.stage.gemini.hold(lambda request: talk.is_model_call(request, number)))

    return hold


def tool_call(number: int) -> Callable[[Talk], Held]:
    return lambda talk: talk.stage.world.hold("geolocation", talk.question.addresses[number - 1])


def ticket_call(talk: Talk) -> Held:
    return talk.stage.world.hold("helpdesk", said=f'"{talk.question.name}"')


def is_question(arguments: Arguments) -> bool:
    return ":question" in str(arguments.get("metadata"))


def is_settled_card(arguments: Arguments) -> bool:
    return "Approved by" in json.dumps(arguments.get("blocks"))


def is_any(_arguments: Arguments) -> bool:
    return True


def link_read(talk: Talk) -> Held:
    return slack_call("conversations.replies", lambda arguments: arguments.get("ts") == talk.linked)(talk)


def is_progress(arguments: Arguments) -> bool:
    return ":progress" in str(arguments.get("metadata"))


def is_answer(arguments: Arguments) -> bool:
    return not is_progress(arguments)


def is_status(text: str) -> Callable[[Arguments], bool]:
    return lambda arguments: (
        str(arguments.get("status", "")).startswith(text) and bool(text) == bool(arguments.get("status"))
    )


def shows(done: int, running: int) -> Callable[[Arguments], bool]:
    """A progress message with so many steps done and so many running."""

    def fits(arguments: Arguments) -> bool:
        shown = json.dumps(arguments.get("blocks"))
        return shown.count('"complete"') == done and shown.count('"in_progress"') == running

    return fits


STREAM_BEGUN = slack_call("chat.startStream", is_any)
STREAM_BEGUN_STORED = slack_call("chat.startStream", is_any, stored=True)
STEPS = (
    Step("names are looked up", slack_call("users.info", is_any), OPEN),
    Step("a link is read", link_read, READ_LINKS, tools=False, has_link=True),
    Step("first model call", model_call(1), ASK, "model 1"),
    Step("first answer begun, not stored", STREAM_BEGUN, ASK, "model 1", slowly=True, tools=False),
    Step("first answer begun, stored", STREAM_BEGUN_STORED, ASK, "model 1", slowly=True, tools=False),
    Step("first tool", tool_call(1), TOOL, "tool 1"),
    Step("tool of an MCP server", tool_call(1), MCP_TOOL, through_mcp=True),
    Step("progress message, not stored", slack_call("chat.postMessage", is_progress), SHOW),
    Step("progress message, stored", slack_call("chat.postMessage", is_progress, stored=True), SHOW),
    Step("second model call", model_call(2), ASK, "model 2"),
    Step("second tool", tool_call(2), TOOL, "tool 2"),
    Step("progress update, not stored", slack_call("chat.update", shows(1, 1)), DELIVER),
    Step("progress update, stored", slack_call("chat.update", shows(1, 1), stored=True), DELIVER),
    Step("third model call", model_call(3), ASK, "model 3"),
    Step("answer, not stored", slack_call("chat.postMessage", is_answer), DELIVER),
    Step("answer, stored", slack_call("chat.postMessage", is_answer, stored=True), DELIVER),
    Step("stream begun, not stored", STREAM_BEGUN, ASK, "model 3", slowly=True),
    Step("stream begun, stored", STREAM_BEGUN_STORED, ASK, "model 3", slowly=True),
    Step("text streamed, not stored", slack_call("chat.appendStream", is_any), ASK, "model 3", slowly=True),
    Step("text streamed, stored", slack_call("chat.appendStream", is_any, stored=True), ASK, "model 3", slowly=True),
    Step("stream ended, not stored", slack_call("chat.stopStream", is_any), DELIVER, slowly=True),
    Step("stream ended, stored", slack_call("chat.stopStream", is_any, stored=True), DELIVER, slowly=True),
    Step("question being shown, not stored", slack_call("chat.postMessage", is_question), CARD, files_ticket=True),
    Step(
        "question being shown, stored",
        slack_call("chat.postMessage", is_question, stored=True),
        CARD,
        files_ticket=True,
    ),
    Step(
        "decision taken, card not changed",
        slack_call("chat.update", is_settled_card),
        CARD,
        files_ticket=True,
        decides=True,
    ),
    Step("approved call under way", ticket_call, FILE_TICKET, files_ticket=True, decides=True),
    Step("first status, not stored", slack_call("assistant.threads.setStatus", is_any), OPEN),
    Step("last status, not stored", slack_call("assistant.threads.setStatus", is_status("")), DELIVER),
    Step("last status, stored", slack_call("assistant.threads.setStatus", is_status(""), stored=True), DELIVER),
)
ON_ITS_WAY = "event on its way to the bot"
BEING_STORED = "event with the bot, Temporal not reached"
UNACKNOWLEDGED = "event stored, acknowledgement lost"
ARRIVALS = (ON_ITS_WAY, BEING_STORED, UNACKNOWLEDGED)


@dataclass(frozen=True)
class Fault:
    """Something that breaks for everybody, and how it is put right again."""

    name: str
    strike: Callable[[BreakableStage], Awaitable[None]]
    repair: Callable[[BreakableStage], Awaitable[None]]
    temporal_ends: bool = False


async def nothing(_stage: BreakableStage) -> None:
    """What repairs itself."""


async def kill_worker(stage: BreakableStage) -> None:
    await stage.worker.kill()


async def start_worker(stage: BreakableStage) -> None:
    await stage.worker.start()


async def kill_bot(stage: BreakableStage) -> None:
    await stage.bot.kill()


async def start_bot(stage: BreakableStage) -> None:
    await stage.bot.start()


async def stop_temporal(stage: BreakableStage) -> None:
    await asyncio.to_thread(stage.temporal.stop)


async def kill_temporal(stage: BreakableStage) -> None:
    await asyncio.to_thread(stage.temporal.kill)


async def start_temporal(stage: BreakableStage) -> None:
    await asyncio.to_thread(stage.temporal.start)


async def start_temporal_late(stage: BreakableStage) -> None:
    """After the bot has given up handing over what it had: only Slack's next attempt can bring it back."""
    clock = stage.slack.clock
    since = clock.now()
    await stage.slack.until(lambda: clock.now() - since > LONGEST_RETRIES)
    await start_temporal(stage)


async def drop_sockets(stage: BreakableStage) -> None:
    await stage.slack.drop_sockets()


async def warn(stage: BreakableStage) -> None:
    await stage.slack.send_disconnect("warning")


async def follow_up_warning(stage: BreakableStage) -> None:
    stage.slack.clock.advance(10)  # then Slack closes the connection


async def refresh(stage: BreakableStage) -> None:
    await stage.slack.send_disconnect("refresh_requested")


async def refuse_slack(stage: BreakableStage) -> None:
    stage.slack.faults.add(method="*", kind="refused", times=None)


async def break_slack(stage: BreakableStage) -> None:
    stage.slack.faults.add(method="*", kind="internal_error", times=None)


async def limit_slack(stage: BreakableStage) -> None:
    stage.slack.faults.add(method="*", kind="rate_limited", times=None, retry_after=1)


async def repair_slack(stage: BreakableStage) -> None:
    """After so many calls have failed that everybody has met it."""
    before = _failed_calls(stage)
    await stage.slack.until(lambda: _failed_calls(stage) > before + len(STEPS))
    stage.slack.faults.clear()


def _failed_calls(stage: BreakableStage) -> int:
    return sum(call.outcome in ("refused", "internal_error", "rate_limited") for call in stage.slack.calls)


async def away_model(stage: BreakableStage) -> None:
    stage.gemini.away()


async def return_model(stage: BreakableStage) -> None:
    before = len(stage.gemini.requests)
    await stage.gemini.arrived(before + len(STEPS))
    stage.gemini.away(is_away=False)


FAULTS = (
    Fault("worker killed", kill_worker, start_worker),
    Fault("bot killed", kill_bot, start_bot),
    Fault("Temporal stopped", stop_temporal, start_temporal, temporal_ends=True),
    Fault("Temporal killed", kill_temporal, start_temporal_late, temporal_ends=True),
    Fault("WebSocket cut", drop_sockets, nothing),
    Fault("WebSocket warning", warn, follow_up_warning),
    Fault("WebSocket refresh", refresh, nothing),
    Fault("Slack refuses connections", refuse_slack, repair_slack),
    Fault("Slack answers 500", break_slack, repair_slack),
    Fault("Slack answers 429", limit_slack, repair_slack),
    Fault("Gemini answers 503", away_model, return_model),
)
