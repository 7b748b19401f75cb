"""The scripted model: rules that choose tool calls and answers, so that the agent can be tried without a key."""

from __future__ import annotations

import hashlib
import json

from cachetools import LRUCache

from emulators.gemini import answers, faults
from emulators.gemini.answers import Answer, Said, Text
from emulators.gemini.request import ModelRequest
from playground.scripted_model.own_answers.answers_file import AnswersFile
from playground.scripted_model.reply import asked_for, reply
from playground.scripted_model.talk.memory import NAME

MOST_PIECES = 80  # of an answer: a long one comes faster
COUNTED_QUESTIONS = 1_000
LONGEST_SUMMARY = 4_000  # characters


class ScriptedModel:
    """Answers every request, slowly enough to be watched.

    `delay` is the time before an answer and `pause` the time between two words of an answer to people, in seconds.
    `own` are answers that somebody has written for it: they come before all others.
    All that it knows stands in the request, so it forgets what people take back. It only counts how often it has
    answered the same, by a digest: who presses Try again gets other words.
    """

    def __init__(self, delay: float = 0.0, pause: float = 0.0, *, own: AnswersFile | None = None) -> None:
        self._delay = delay
        self._pause = pause
        self._own = own
        self._answered: LRUCache[str, int] = LRUCache(COUNTED_QUESTIONS)

    def answer(self, request: ModelRequest) -> Answer:
        answer = _summary(request) if _is_summary(request) else self._reply(request)
        return faults.slow(answer, self._delay) if self._delay else answer

    def _reply(self, request: ModelRequest) -> Said:
        key = _digest(request)
        said = reply(request, self._answered.get(key, 0), self._own.entries if self._own else ())
        words = sum(len(part.text.split()) for part in said.parts if isinstance(part, Text))
        if not words:
            return said
        self._answered[key] = self._answered.get(key, 0) + 1
        return said.in_pieces(min(words, MOST_PIECES), self._pause)


def _digest(request: ModelRequest) -> str:
    asked = json.dumps([request.system_instruction, asked_for(request.contents)], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _is_summary(request: ModelRequest) -> bool:
    return "summary" in request.system_instruction and not request.declarations


def _summary(request: ModelRequest) -> Answer:
    """The lines in which somebody says a name, and the first ten lines; at most 4,000 characters."""
    lines = request.last_text.splitlines()
    kept = dict.fromkeys([*filter(NAME.search, lines), *lines[:10]])
    return answers.text("\n".join(kept)[:LONGEST_SUMMARY])
