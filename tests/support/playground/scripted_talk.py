"""A conversation with the scripted model: what somebody says, the calls that it makes, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent_worker.conversation.wording.model_form import line
from emulators.gemini.answers import Call, Text
from playground.scripted_model.model import ScriptedModel
from playground.scripted_model.talk.capabilities import NOTE
from tests.support.playground.scripted_requests import HAIKUS, answered, request
from tests.support.playground.scripted_slack import GENERAL, PERSON, from_anna

Response = Mapping[str, Any]
MOST_STEPS = 6  # of one turn


def tool(name: str, description: str = "", /, **parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A declaration. A parameter with a default may be left out."""
    schema = {
        "type": "object",
        "properties": parameters,
        "required": [one for one, schema in parameters.items() if "default" not in schema],
    }
    return {"name": name, "description": description, **({"parametersJsonSchema": schema} if parameters else {})}


def message(text: str, *before: str, after: Sequence[str] = ()) -> dict[str, Any]:
    """A message of Anna in #general, with objects before it and files behind it."""
    texts = [GENERAL, PERSON, *before, from_anna(text), *after]
    return {"role": "user", "parts": [{"text": one} for one in texts]}


class Talk:
    """`contents` are what the agent sends. `say` answers all calls with `respond` until there is an answer."""

    def __init__(
        self,
        *declared: Mapping[str, Any],
        tools: dict[str, list[str]] | None = None,
        instructions: str = HAIKUS,
        respond: Callable[[str, Mapping[str, Any]], Response] = lambda _name, args: {"output": dict(args)},
        model: ScriptedModel | None = None,
    ) -> None:
        self.contents: list[dict[str, Any]] = []
        self.calls: list[tuple[str, Mapping[str, Any]]] = []  # of the last turn
        self._declared = declared
        self._tools = tools
        self._instructions = instructions
        self._respond = respond
        self._model = model or ScriptedModel()

    def say(self, said: str | dict[str, Any], *more: str) -> str:
        """The answer, without the note that it is a script."""
        self.contents.append(message(said) if isinstance(said, str) else said)
        self.contents[-1]["parts"] += [{"text": from_anna(one)} for one in more]
        return self.answer().removesuffix(NOTE).rstrip()

    def answer(self) -> str:
        """The whole answer to what stands in the contents."""
        self.calls = []
        for _ in range(MOST_STEPS):
            said = answered(
                request(*self.contents, tools=self._tools, declared=self._declared, instructions=self._instructions),
                self._model,
            )
            calls = [(part.name, dict(part.args or {})) for part in said.parts if isinstance(part, Call)]
            if not calls:
                (part,) = said.parts
                assert isinstance(part, Text)
                self.contents.append({"role": "model", "parts": [{"text": part.text}]})
                return part.text
            self.calls += calls
            self._returned(calls)
        raise AssertionError(f"no answer after {self.calls}")

    def try_again(self) -> str:
        """What is said to the same question once more: the agent takes out all that was answered and called."""
        while self.contents[-1]["role"] == "model" or "functionResponse" in self.contents[-1]["parts"][0]:
            self.contents.pop()
        return self.answer()

    def steered(self, called: tuple[str, Mapping[str, Any]], *texts: str) -> str:
        """The answer, if these objects come after a call of the running turn has returned."""
        self._returned([called])
        self.contents.append({"role": "user", "parts": [{"text": one} for one in texts]})
        return self.answer().removesuffix(NOTE).rstrip()

    def _returned(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        called = [{"functionCall": {"name": name, "args": dict(args)}} for name, args in calls]
        returned = [{"functionResponse": {"name": n, "response": dict(self._respond(n, args))}} for n, args in calls]
        self.contents += [{"role": "model", "parts": called}, {"role": "user", "parts": returned}]


def file(name: str, **fields: str) -> str:
    return line(file=name, **fields)
