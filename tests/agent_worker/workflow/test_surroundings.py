"""Promises of what a conversation tells the model of time, people and the place: at its end only, and never again."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agent_worker.contract.messages import TryAgain
from agent_worker.contract.names import TRY_AGAIN
from agent_worker.conversation.participants import Verdict
from agent_worker.payloads.model import Content
from agent_worker.payloads.surroundings import Place, Profile
from tests.agent_worker.workflow.test_life import replay
from tests.support.agent_worker.rehearsal import Held, Rehearsal, Talk, calls, lines, result_of, text

DAY = 86_400
ANNA = Profile(full_name="Anna Berg", title="Designer", time_zone="Europe/Berlin", offsets=[(0, 3_600)])
BEN = Profile(full_name="Ben Lee", time_zone="Asia/Kolkata", offsets=[(0, 19_800)])
GENERAL = Place(channel="C1", kind="public channel", name="general", topic="Ducks")


@pytest.fixture
async def rehearsal(temporal_address: str) -> AsyncIterator[Rehearsal]:
    knowing = {"tells_surroundings": True, "profiles": {"U1": ANNA, "U2": BEN}, "place": GENERAL}
    async with Rehearsal(temporal_address, **knowing) as rehearsal:
        yield rehearsal


@pytest.fixture
def expire(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes all verdicts expire that were given before it is called."""
    moments: list[float] = []

    def is_fresh(verdict: Verdict, now: float) -> bool:
        return not any(verdict.at < moment <= now for moment in moments)

    monkeypatch.setattr(Verdict, "is_fresh", is_fresh)
    return lambda: moments.append(time.time())


def begun(rehearsal: Rehearsal) -> Talk:
    return rehearsal.conversation(f"{time.time():.6f}")


def later(talk: Talk, seconds: float) -> str:
    return f"{float(talk.thread.thread_ts) + seconds:.6f}"


def written(contents: list[Content]) -> str:
    """The beginning of what Gemini is sent, byte for byte, up to the end of the last part."""
    return json.dumps(contents, ensure_ascii=False)[:-1]


def told(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The objects that the model was given last in the role of the user."""
    parts = [part for entry in rehearsal.cast.read[-1] if entry["role"] == "user" for part in entry["parts"]]
    return [json.loads(part["text"]) for part in parts if "text" in part]


async def test_every_model_call_begins_with_all_of_the_call_before(
    rehearsal: Rehearsal, expire: Callable[[], None]
) -> None:
    cast, talk = rehearsal.cast, begun(rehearsal)
    slow = Held({"output": "done"})
    cast.tools["slow"] = slow
    cast.answers += [text("Hello."), calls("look", "slow"), text("Done."), text("Welcome back."), text("I see.")]

    await talk.ask(later(talk, 0), "hello")
    await talk.say(later(talk, 1), "look it up")
    await slow.reached()
    await talk.say(later(talk, 2), "quickly", "U2")
    slow.release()
    await talk.answered(2)
    await talk.ask(later(talk, 7 * DAY + 60), "and now?")
    expire()
    cast.learned = {
        "place": GENERAL.model_copy(update={"topic": "Geese"}),
        "profiles": {"U1": ANNA.model_copy(update={"title": "Head of design"})},
    }
    await talk.ask(later(talk, 7 * DAY + 120), "and today?")

    calls_made = list(map(written, cast.read))
    assert len(calls_made) == 5
    for before, after in itertools.pairwise(calls_made):
        assert after.startswith(before)
    assert [line for line in lines(cast.read[-1]) if line] == [
        *("[place: #general]", "[person: anna]", "anna: hello", "Hello.", "anna: look it up"),
        *("[person: ben]", "ben: quickly", "Done.", "(7 days later) anna: and now?", "Welcome back."),
        *("[place: #general]", "[person: anna]", "anna: and today?"),
    ]
    assert [one["topic"] for one in told(rehearsal) if "place" in one] == ["Ducks", "Geese"]
    await replay(await talk.handle.fetch_history())


async def test_an_answer_that_is_tried_again_is_made_of_the_same_words(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    await talk.ask(later(talk, 0), "hello")
    key = talk.answers[0].turn

    await talk.signal(TRY_AGAIN, TryAgain(turn=key, user="U1", at=later(talk, 5)))
    await talk.answered(2)

    first, second = map(written, rehearsal.cast.read)
    assert first == second


async def test_the_place_is_asked_for_only_when_a_turn_has_people_judged(
    rehearsal: Rehearsal, expire: Callable[[], None]
) -> None:
    talk = begun(rehearsal)
    await talk.ask(later(talk, 0), "hello")
    await talk.ask(later(talk, 1), "see <@U7>")  # a name alone
    expire()
    await talk.ask(later(talk, 2), "and now?")
    expire()
    await talk.signal(TRY_AGAIN, TryAgain(turn="none", user="U1", at=later(talk, 3)))
    await rehearsal.until(lambda: rehearsal.cast.told)

    assert rehearsal.cast.asked_for_place == [False, True, False]


async def test_the_delivery_names_people_as_the_model_call_did(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    await talk.ask(later(talk, 0), "hello")
    rehearsal.cast.answers += [text("Ask <@U1>.")]

    await talk.ask(later(talk, 1), "who knows?", "U2")

    asked, delivered = rehearsal.cast.asked[-1], rehearsal.cast.delivered[-1]
    assert asked.names == delivered.names == {"U1": "anna", "U2": "ben"}
    assert (asked.may_mention, delivered.may_mention) == (["U2"], ["U2"])


async def test_who_writes_while_the_answer_is_made_changes_no_name_in_it(rehearsal: Rehearsal) -> None:
    talk = begun(rehearsal)
    thinking = Held(text("Hello <@U2>."))
    rehearsal.cast.answers += [thinking]
    await talk.say(later(talk, 0), "hello")
    await thinking.reached()

    await talk.say(later(talk, 1), "me too", "U2", addressed=False)
    thinking.release()
    await talk.answered(1)

    assert rehearsal.cast.delivered[0].names == rehearsal.cast.asked[0].names == {"U1": "anna"}


async def test_a_run_that_another_release_has_opened_reads_as_it_did(temporal_address: str) -> None:
    async with Rehearsal(temporal_address) as rehearsal:
        talk = begun(rehearsal)
        rehearsal.cast.learned = {"place": GENERAL, "profiles": {"U1": ANNA}}
        await talk.ask(later(talk, 0), "see <@U7>")
        await talk.ask(later(talk, 8 * DAY), "and now?")

        assert [one.keys() for one in told(rehearsal)] == [{"from", "id", "text"}] * 2
        assert rehearsal.cast.asked[-1].names == {}


async def test_in_a_terminal_the_model_is_told_the_moment_and_nothing_else(rehearsal: Rehearsal) -> None:
    talk = rehearsal.terminal()
    handle = await talk.say("1795770900.000000", "what day is it?", "you")

    assert await result_of(handle) == "yes"
    assert told(rehearsal) == [{"at": "Fri 2026-11-27 09:15 UTC", "text": "what day is it?"}]
