"""Faults at random: what is broken next, for how long, and how often each kind has really happened."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from random import Random
from typing import Literal

from emulators.gemini.answers import Answer, empty, text, when
from emulators.gemini.faults import cut, error, html_error
from emulators.gemini.request import ModelRequest
from emulators.slack.faults.web_api import Fault
from emulators.world.faults import Service
from tests.support.chaos.refusals import Refusals
from tests.support.durability.answering import questions_in
from tests.support.durability.calls import SLACK_FAULTS, TOOL_FAULTS
from tests.support.durability.stage import BreakableStage

SLACK_METHODS = (
    "chat.postMessage",
    "chat.update",
    "assistant.threads.setStatus",
    "users.info",
    "conversations.replies",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
)
ANSWERS: Mapping[str, Answer] = {
    "503": error(503),
    "429": error(429, retry_delay="1s"),
    "502 of a proxy": html_error(),
    "cut": cut(),
    "cut in the middle": cut(text("The answer to nothing that anybody asked.")),
    "cut in the middle of something strange": cut(text("~" * 20_000 + "`" + " and more of it" * 1_000)),
    "empty": empty(),
}
ASKED_AGAIN_A_FEW_TIMES = {"cut in the middle", "cut in the middle of something strange", "empty"}
SERVICES: tuple[Service, ...] = ("geolocation", "geolocation", "helpdesk")
MOST_BROKEN_ANSWERS = 2  # to one question
GOODBYES: tuple[Literal["warning", "refresh_requested"] | None, ...] = (None, "warning", "refresh_requested")
# How often each family comes up: what kills a process costs seconds, a call that fails costs nearly nothing.
WEIGHTS = {
    "slack": 35,
    "refusal": 25,
    "model": 20,
    "tool": 15,
    "websocket": 5,
    "acknowledgement": 3,
    "worker": 3,
    "bot": 2,
    "temporal": 2,
}
MOST_TO_COME = 2  # faults of one method of Slack's: those of rare ones would pile up, and nothing else would break
PAUSES = (0.0, 0.1, 0.5, 2.0)  # seconds between two faults, and while a process is away
LONG_PAUSE = 12.0  # seconds; beyond the 10 s for which Temporal's client tries again


class Injector:
    """Breaks things, one after the other; what takes time to repair goes on while the next things break."""

    def __init__(self, stage: BreakableStage, chance: Random, refusals: Refusals) -> None:
        self._stage = stage
        self._chance = chance
        self._refusals = refusals
        self._is_over = False
        self._happened: Counter[str] = Counter()
        self._slack: list[Fault] = []
        self._tools: Counter[str] = Counter()
        self._broken_answers: Counter[str] = Counter()
        self.unusable: Counter[str] = Counter()  # answers without a word, by the first question of their conversation
        self._repairing: dict[str, asyncio.Task[None]] = {}
        self._kinds: dict[str, Callable[[], Awaitable[None]]] = {
            "slack": self._break_slack_call,
            "refusal": refusals.refuse,
            "model": self._break_model_call,
            "tool": self._break_tool_call,
            "websocket": self._break_websocket,
            "acknowledgement": self._lose_acknowledgement,
            "worker": lambda: self._away("worker", self._worker_away),
            "bot": lambda: self._away("bot", self._bot_away),
            "temporal": lambda: self._away("temporal", self._temporal_away),
        }

    async def inject(self, faults: int, *, seconds: float) -> None:
        """Goes on until so many faults have happened to somebody, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                while self.happened.total() < faults:
                    (kind,) = self._chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
                    await self._kinds[kind]()
                    self._raise_if_not_repaired()
                    await asyncio.sleep(self._chance.choice(PAUSES))
        except TimeoutError:
            return

    async def repair(self) -> None:
        """Everything works again, and no further fault happens."""
        self._is_over = True
        self._happened = self.happened
        await self._refusals.end()
        self._slack.clear()
        self._tools.clear()
        self._stage.slack.faults.clear()
        self._stage.world.repair()
        await asyncio.gather(*self._repairing.values())

    def _raise_if_not_repaired(self) -> None:
        """A process that does not come up again is no fault of this run's making."""
        for task in self._repairing.values():
            if task.done():
                task.result()

    @property
    def happened(self) -> Counter[str]:
        """Faults by kind that met a call or a process; those still to come do not count."""
        met = Counter(f"Slack: {fault.kind}" for fault in self._slack if fault.times == 0)
        planned = Counter(f"tool: {kind}" for kind in self._stage.world.faults_to_come)
        refused = Counter({f"Slack: error, {how}": count for how, count in self._refusals.happened.items()})
        return self._happened + met + refused + (self._tools - planned)

    async def _break_slack_call(self) -> None:
        method, kind = self._chance.choice(SLACK_METHODS), self._chance.choice(SLACK_FAULTS)
        if sum(bool(fault.times) for fault in self._slack if fault.method == method) < MOST_TO_COME:
            self._slack.append(self._stage.slack.faults.add(method=method, kind=kind))

    async def _break_model_call(self) -> None:
        name = self._chance.choice(list(ANSWERS))

        def meets(request: ModelRequest) -> bool:
            if self._is_over or not self._may_meet(name, request):
                return False
            self._happened[f"Gemini: {name}"] += 1
            return True

        self._stage.gemini.script(when(meets, ANSWERS[name]))

    def _may_meet(self, name: str, request: ModelRequest) -> bool:
        """Whether the question is not given up because of it: some answers are asked for three or five times only."""
        if name not in ASKED_AGAIN_A_FEW_TIMES:
            return True
        first, *others = [question.name for question in questions_in(json.dumps(request.contents))]
        last = [first, *others][-1]
        if self._broken_answers[last] >= MOST_BROKEN_ANSWERS:
            return False
        self._broken_answers[last] += 1
        self.unusable[first] += name == "empty"
        return True

    async def _break_tool_call(self) -> None:
        service = self._chance.choice(SERVICES)
        kind = self._chance.choice((*TOOL_FAULTS, "lost_answer") if service == "helpdesk" else TOOL_FAULTS)
        self._tools[f"tool: {kind}"] += 1
        self._stage.world.fail(service, kind)

    async def _break_websocket(self) -> None:
        if not self._stage.slack.connections:
            return
        goodbye = self._chance.choice(GOODBYES)
        self._happened[f"WebSocket: {goodbye or 'cut'}"] += 1
        if goodbye is None:
            await self._stage.slack.drop_sockets()
        else:
            await self._stage.slack.send_disconnect(goodbye)

    async def _lose_acknowledgement(self) -> None:
        waiting = [delivery.channel for delivery in self._stage.slack.deliveries if not delivery.acked]
        if waiting:
            self._happened["acknowledgement lost"] += 1
            self._stage.slack.lose_acknowledgements(waiting[-1])

    async def _away(self, name: str, go: Callable[[], Coroutine[None, None, None]]) -> None:
        """One process is away for a while, unless it is away already."""
        task = self._repairing.get(name)
        if task is None or task.done():
            self._repairing[name] = asyncio.create_task(go())

    async def _worker_away(self) -> None:
        self._happened["worker killed"] += 1
        await self._stage.worker.kill()
        await self._pause()
        await self._stage.worker.start()

    async def _bot_away(self) -> None:
        self._happened["bot killed"] += 1
        await self._stage.bot.kill()
        await self._pause()
        await self._stage.bot.start()

    async def _temporal_away(self) -> None:
        how = self._chance.choice(("stopped", "killed"))
        self._happened[f"Temporal {how}"] += 1
        server = self._stage.temporal
        await asyncio.to_thread(server.stop if how == "stopped" else server.kill)
        await self._pause()
        await asyncio.to_thread(server.start)

    async def _pause(self) -> None:
        is_long = self._chance.random() < 0.1
        await asyncio.sleep(LONG_PAUSE if is_long else self._chance.choice(PAUSES))
