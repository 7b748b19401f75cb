"""A model that does what an attacker wants: it makes any call, and then says all that it has read."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from emulators.gemini.answers import Answer, calls, text
from emulators.gemini.request import ModelRequest, content_text, function_responses

Call = tuple[str, Mapping[str, Any] | None]


class ObedientModel:
    """Answers each request with the next of its `rounds` of calls and, when there are none, with what it was given."""

    def __init__(self) -> None:
        self.rounds: deque[list[Call]] = deque()

    def obeys(self, *rounds: list[Call]) -> None:
        self.rounds.extend(rounds)

    def answer(self, request: ModelRequest) -> Answer:
        return calls(*self.rounds.popleft()) if self.rounds else text(_all_read(request))


def _all_read(request: ModelRequest) -> str:
    """What people, links and tools have said to the model, a paragraph each."""
    given = [content for content in request.contents if content.get("role") == "user"]
    responses = [response["response"] for content in given for response in function_responses(content)]
    read = [str(one.get("error") or json.dumps(one, ensure_ascii=False)) for one in responses]
    return "\n\n".join(filter(None, [*map(content_text, given), *read]))
