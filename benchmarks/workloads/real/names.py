"""The names of what is measured at the speed of real models, and of the conditions."""

from __future__ import annotations

from benchmarks.stubs.questions import Kind
from benchmarks.stubs.services import LIFE

STATUS = "mention → status"
WITHOUT_STATUS = "turns without a status"
MENTION_TO_FIRST_WORD = "mention → first word"
FIRST_WORD = "Gemini's first token → first word in Slack"
LAST_WORD = "Gemini's last token → complete answer"
WHOLE_TURN = "whole turn"
LOST = "answers that are wrong or did not come within two minutes"
BEYOND_PLAIN = "whole turn beyond plain"
AGAINST_PLAIN = "whole turn against plain"
ACTIONS = "billed actions, counted at the server"
HEARTBEATS = "heartbeats among them"
SLACK_CALLS = "Slack calls"
REFUSED = "Slack calls refused by its limits"
MODEL_CALLS = "Gemini calls"
INPUT = "input tokens"
CACHED = "input tokens that Gemini may have cached"
OUTPUT = "output tokens"
PRICE = "price of the Gemini calls, at most"
OWN_CPU = "own CPU"
CPU_WITH_SERVER = "CPU with the Temporal server's"
MEMORY = "memory"
MIXED = "all kinds"


def one_thread(kind: Kind, stage: str) -> str:
    """The conditions of one turn at a time; `stage` is that of the turn."""
    return f"{kind}, {LIFE.name}, 1 thread, {stage}"


def many_threads(what: Kind | str, threads: int, seconds: float) -> str:
    """The conditions of so many threads whose questions come within so many seconds."""
    return f"{what}, {LIFE.name}, {threads} threads in {seconds:.0f} s"
