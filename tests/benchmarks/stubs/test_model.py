"""Promises of the stub model: it gives the right answer only to a request that holds the right tool results."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.stubs.model import StubModel
from benchmarks.stubs.questions import LETTER_CHARACTERS, Question, right_answer
from emulators.gemini.answers import Call, Said, Text
from emulators.gemini.faults import Slow
from emulators.gemini.pace import Paced
from emulators.gemini.request import ModelRequest

ALERTS = {"New York": 2, "California": 3}


def asked(*contents: dict[str, Any]) -> ModelRequest:
    return ModelRequest("model", "v1", streamed=False, body={"contents": list(contents)})


def said(words: str) -> dict[str, Any]:
    return {"role": "user", "parts": [{"text": words}]}


def called(name: str) -> dict[str, Any]:
    return {"role": "model", "parts": [{"functionCall": {"name": name}}]}


def returned(*outputs: dict[str, Any]) -> dict[str, Any]:
    parts = [{"functionResponse": {"name": "any", "response": {"output": output}}} for output in outputs]
    return {"role": "user", "parts": parts}


def reply(*contents: dict[str, Any]) -> Said:
    answer = StubModel().answer(asked(*contents))
    assert isinstance(answer, Said)
    return answer


def words(answer: Said) -> str:
    (part,) = answer.parts
    assert isinstance(part, Text)
    return part.text


def test_a_chain_goes_from_the_address_to_the_place_to_its_alerts() -> None:
    question = Question("chain", 1)
    steps = [said(question.words)]
    found = ({"ip_address": "1.2.3.4"}, {"region": "New York"}, {"area_name": "New York", "total": 2})
    calls = []
    for result in found:
        (call,) = reply(*steps).parts
        assert isinstance(call, Call)
        calls.append((call.name, call.args))
        steps += [called(call.name), returned(result)]

    assert calls == [
        ("get_ip_address", {}),
        ("get_location_info", {"ipaddress": "1.2.3.4"}),
        ("get_weather_alerts", {"state": "NY"}),
    ]
    assert words(reply(*steps)) == right_answer(question, ALERTS)


def test_a_pair_is_right_only_with_what_both_tools_have_returned() -> None:
    question = Question("pair", 2)
    both = [{"area_name": name, "total": total} for name, total in ALERTS.items()]
    steps = (said(question.words), called("get_weather_alerts"))

    assert words(reply(*steps, returned(*both))) == right_answer(question, ALERTS)
    assert words(reply(*steps, returned(both[0]))) != right_answer(question, ALERTS)


def test_the_last_question_is_answered_with_nothing_of_those_before() -> None:
    first, second = Question("pair", 3), Question("haiku", 4)
    earlier = (said(first.words), called("any"), returned({}, {}), {"role": "model", "parts": [{"text": "Well."}]})

    assert words(reply(*earlier, said(f"anna: {second.words}"))) == right_answer(second, ALERTS)


def test_letters_are_long_both_ways() -> None:
    question = Question("letter", 5)

    assert LETTER_CHARACTERS - 60 < len(question.words) <= LETTER_CHARACTERS
    assert LETTER_CHARACTERS - 60 < len(right_answer(question, ALERTS)) <= LETTER_CHARACTERS


def test_what_is_no_question_is_not_answered() -> None:
    with pytest.raises(ValueError, match="nobody has asked"):
        StubModel().answer(asked(said("good morning")))


def test_the_model_thinks_for_as_long_as_it_is_told_to() -> None:
    answer = StubModel(0.3).answer(asked(said(Question("haiku", 6).words)))

    assert isinstance(answer, Slow)
    assert answer.seconds == 0.3


def test_at_the_speed_of_real_models_answers_have_real_sizes_and_each_call_is_noted() -> None:
    model, question = StubModel(1.5, tokens_per_second=80), Question("essay", 7)

    answer = model.answer(asked(said(question.words)))

    assert isinstance(answer, Paced)
    assert (answer.seconds, answer.tokens_per_second) == (1.5, 80)
    assert words(answer.said) == right_answer(question, ALERTS, model.sizes)
    (call,) = model.calls
    assert call.is_final
    assert call.moments is answer.moments
    assert 598 <= call.tokens <= 600


def test_a_call_of_a_tool_is_not_the_final_one() -> None:
    model = StubModel(1.5, tokens_per_second=80)

    model.answer(asked(said(Question("chain", 8).words)))

    (call,) = model.calls
    assert not call.is_final
    assert call.tokens >= 8
