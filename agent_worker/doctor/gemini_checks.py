"""The check of Gemini: for each model that an agent uses, one small question with a tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from agent_worker.gemini.client import Gemini
from agent_worker.gemini.request import Question
from agent_worker.gemini.trial import UNREADABLE, NoAnswer, Refused, try_out
from agent_worker.payloads import errors
from agent_worker.payloads.model import ModelReply
from process.checkup.checks import Check
from process.checkup.finding import Outcome, failed, named, note, ok, quoted, unknown

SECTION = "Gemini"
LIMIT = timedelta(seconds=75)  # a model may think for a while, and two versions may be asked
TOOL = "check_in"
MOST_TOKENS = 1_024  # of the answer, with the thoughts
KEY_PAGE = "https://aistudio.google.com/apikey"
OTHER_VERSIONS = {"v1": "v1beta", "v1alpha": "v1beta", "v1beta": "v1"}
_MENDS = {
    errors.BAD_API_KEY: f"copy the key again, or make one at {KEY_PAGE}, and put it into GOOGLE_API_KEY",
    errors.LEAKED_API_KEY: f"Google has blocked the key because it was found in public: make another at {KEY_PAGE}",
    errors.NOT_PERMITTED: "this key, account or country may not use Gemini; Google's own words say which. Billing "
    "is at https://ai.studio/projects",
    errors.DAILY_QUOTA: "the quota of a day is used up: wait until tomorrow, or switch billing on at "
    "https://ai.studio/projects",
    errors.NO_CREDIT: "add credit at https://ai.studio/projects",
    errors.SPENDING_CAP: "raise the spending cap at https://ai.studio/spend",
    errors.UNUSABLE_MODEL: "choose a model that can do this in your plan: GEMINI_MODEL, or `model` in an agent's file",
    errors.WRONG_REQUEST: "if the address is not Google's own, see GOOGLE_GEMINI_BASE_URL and GEMINI_API_VERSION; "
    "otherwise report it, please",
}
_NOT_GOOGLES = "a proxy or another server answers in Gemini's place: see GOOGLE_GEMINI_BASE_URL and HTTPS_PROXY"
_NOT_REACHED = "see whether this machine may reach Gemini: DNS, firewall, HTTPS_PROXY, GOOGLE_GEMINI_BASE_URL"
MakeGemini = Callable[[str], Gemini]  # for a version of the API


class GeminiChecks:
    """`models` are those in use, each with the agents that use it. `make` makes a client, which is closed here."""

    def __init__(self, make: MakeGemini, api_version: str, models: Mapping[str, Sequence[str]]) -> None:
        self._make = make
        self._version = api_version
        self._models = models

    def checks(self) -> list[Check]:
        return [
            Check(SECTION, model, partial(self._check, model, agents), limit=LIMIT)
            for model, agents in self._models.items()
        ]

    async def _check(self, model: str, agents: Sequence[str]) -> Outcome:
        answer = await self._ask(model, self._version)
        if isinstance(answer, ModelReply):
            return _replied(answer, f"API {self._version}, for {', '.join(agents)}")
        if isinstance(answer, Refused) and answer.code == errors.UNKNOWN_MODEL:
            return failed(_told(answer), await self._instead(model))
        return _outcome(answer)

    async def _instead(self, model: str) -> str:
        """What to do about a model that is not there: another version of the API may have it."""
        other = OTHER_VERSIONS[self._version]
        if isinstance(await self._ask(model, other), ModelReply):
            return f"this model is there in {other}: set GEMINI_API_VERSION={other}"
        return (
            "see GEMINI_MODEL, or `model` in the agent's file: https://ai.google.dev/gemini-api/docs/models lists "
            f"the models ({other} does not have this one either)"
        )

    async def _ask(self, model: str, version: str) -> ModelReply | Refused | NoAnswer:
        gemini = self._make(version)
        try:
            return await try_out(gemini, question(model))
        finally:
            await gemini.close()


def question(model: str) -> Question:
    """What every turn has, and nothing that anybody wrote: an instruction, a message and a tool."""
    word = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    return Question(
        model=model,
        instructions="You are being tried out. Do what you are asked.",
        contents=[{"role": "user", "parts": [{"text": f"Call the tool {TOOL} with the word ready."}]}],
        declarations=[{"name": TOOL, "description": "Takes a word.", "parametersJsonSchema": word}],
        max_output_tokens=MOST_TOKENS,
    )


def _replied(reply: ModelReply, where: str) -> Outcome:
    if reply.calls:
        return ok(f"answers, and calls the tool that it was given ({where})")
    if reply.failed or reply.unusable:
        told = f"answers, but with nothing that can be used: {reply.failed or reply.unusable} ({where})"
        return note(told, "try again; if it stays so, choose another model")
    return note(f"takes tools, but has answered with words instead of a call ({where})", "try again to be sure")


def _outcome(answer: Refused | NoAnswer) -> Outcome:
    if isinstance(answer, NoAnswer):
        return failed(_told(answer), _NOT_GOOGLES if answer.kind == UNREADABLE else _NOT_REACHED)
    if not answer.is_googles:
        return failed(_told(answer), _NOT_GOOGLES)
    if not answer.code:
        return unknown(_told(answer), "this passes by itself: try again in a minute")
    return failed(_told(answer), _MENDS.get(answer.code, "report it, please: the question is of our making"))


def _told(answer: Refused | NoAnswer) -> str:
    """What came back, as it came."""
    if isinstance(answer, Refused):
        return f"HTTP status {answer.facts}: {quoted(answer.message)}"
    if answer.kind == UNREADABLE:
        return f"an answer that is none of Gemini's: {quoted(answer.text)}"
    return f"no answer: {named(answer.kind, answer.text)}"
