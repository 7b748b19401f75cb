"""Promises about what is exported: a judgement with all that it is about, and a bad one as a case that can be run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent_worker.cases import reading
from agent_worker.contract.messages import Feedback, SlackFile, Thread, UserMessage
from agent_worker.feedback.cases import cases
from agent_worker.feedback.judgements import Judgement
from agent_worker.feedback.lines import line
from agent_worker.feedback.words import words
from agent_worker.turn_history import HistoricTurn, Step, Talk

THREAD = Thread(team="T1", channel="C1", thread_ts="1.0")
NAMES = {"U1": "Anna Berg", "U2": "Ben"}
FIRST = UserMessage(ts="1.0", user="U1", text="<@UBOT> alerts for <#C2|ny> &amp; <https://a.test/?b|here>?")
SECOND = UserMessage(ts="2.0", user="U2", text="<@U1> wants a ticket", files=[SlackFile(id="F1", name="photo.png")])
ALERTS = Step("get_weather_alerts", {"state": "NY"}, result={"output": {"total": 0}}, has_begun=True)
TICKET = Step("file_ticket", {"title": "Wet"}, asks_people=True, result={"output": "IT-1"}, has_begun=True)
ASKED = HistoricTurn("2.0", ["2.0"], "", asks_people=True, is_over=True, steps=[TICKET])
DONE = HistoricTurn(
    "2.0:again1007", ["2.0"], "I filed IT-1.", is_over=True, steps=[TICKET], agent="default", version="a1", model="g"
)


def judgement(value: str = "bad", reason: str = "It was about snow.", user: str = "U1") -> Judgement:
    turns = {
        "1.0": HistoricTurn("1.0", ["1.0"], "None.", is_over=True, steps=[ALERTS], agent="default", version="a1"),
        "2.0": ASKED,
        DONE.key: DONE,
    }
    talk = Talk(turns, {"1.0": FIRST, "2.0": SECOND}, dict(NAMES), "UBOT", channel_name="general")
    fields: dict[str, Any] = {"turn": DONE.key, "user": user, "value": value, "at": "3.0", "reason": reason}
    return Judgement(THREAD, Feedback.model_validate(fields), talk, DONE)


def test_a_line_has_the_question_the_answer_the_steps_and_the_version() -> None:
    assert line(judgement(), with_names=False) == {
        "team": "T1",
        "channel": "C1",
        "thread_ts": "1.0",
        "turn": "2.0:again1007",
        "user": "U1",
        "value": "bad",
        "at": "3.0",
        "reason": "It was about snow.",
        "question": [{"ts": "2.0", "user": "U2", "text": "@U1 wants a ticket", "files": ["photo.png"]}],
        "answer": "I filed IT-1.",
        "steps": [{"tool": "file_ticket", "arguments": {"title": "Wet"}, "result": {"output": "IT-1"}}],
        "agent": {"name": "default", "version": "a1", "model": "g"},
    }


def test_names_are_told_only_if_they_are_wanted() -> None:
    told = line(judgement(), with_names=True)

    assert told["name"] == "Anna Berg"
    assert told["question"] == [
        {"ts": "2.0", "user": "U2", "name": "Ben", "text": "@Anna Berg wants a ticket", "files": ["photo.png"]}
    ]
    assert not any(name in str(line(judgement(), with_names=False)) for name in NAMES.values())


def test_a_judgement_whose_history_is_gone_is_told_all_the_same() -> None:
    one = judgement()
    told = line(Judgement(one.thread, one.feedback, Talk(), None), with_names=True)

    assert (told["value"], told["name"]) == ("bad", "")
    assert [told[name] for name in ("question", "answer", "steps", "agent")] == [None] * 4


def test_slacks_markup_reads_as_people_read_it() -> None:
    said = words(f"{FIRST.text} <!here> <!subteam^S1|@it> <mailto:a@b.c|a@b.c> x < y", lambda user: f"[{user}]")

    assert said == "@[UBOT] alerts for #ny & https://a.test/?b? @here @@it mailto:a@b.c x < y"


CASE = """\
# This answer was called bad:
#   I filed IT-1.
#   because: It was about snow.
# What a good answer has to say is for you to write, under `expect` (docs/evaluations.md).
about: An answer of default that was called bad (version a1).
in: '#general'
people:
  person1: {}
  person2: {}
messages:
- by: person1
  text: '@agent alerts for #ny & https://a.test/?b?'
- by: person2
  text: '@person1 wants a ticket'
  files:
  - name: photo.png
    text: (What was in this file is not kept. Put the file beside this case, and its name in place of this.)
  approve: true
tools:
  get_weather_alerts:
  - returns:
      total: 0
  file_ticket:
  - returns: IT-1
expect:
  judge:
  - 'Somebody called an earlier answer to this bad, for this reason: “It was about snow.” Is the answer free of that?'
  not_contains:
  - I filed IT-1.
"""


def test_a_bad_answer_becomes_a_case_that_can_be_run(tmp_path: Path) -> None:
    (made,) = cases([judgement(), judgement("good", user="U2")], with_names=False)

    (tmp_path / f"{made.name}.yaml").write_text(made.text, encoding="utf-8")
    _, problems = reading.read([tmp_path])
    assert made.name == "bad-C1-2-0-again1007"
    assert made.text == CASE
    assert problems == []


def test_with_names_people_are_called_as_they_are(tmp_path: Path) -> None:
    (made,) = cases([judgement()], with_names=True)

    (tmp_path / "case.yaml").write_text(made.text, encoding="utf-8")
    ((one,), problems) = reading.read([tmp_path])
    assert problems == []
    assert {short: person.name for short, person in one.case.people.items()} == {"anna-berg": "Anna Berg", "ben": "Ben"}
    assert one.case.messages[1].text == "@anna-berg wants a ticket"


def test_two_people_who_say_bad_of_one_answer_make_one_case_with_both_reasons() -> None:
    (made,) = cases([judgement(), judgement(reason="No link.", user="U2")], with_names=False)

    assert made.text.count("for this reason") == 2


def test_calls_with_different_arguments_are_told_apart_and_what_was_not_carried_out_has_no_answer() -> None:
    one = judgement()
    steps = [
        Step("look", {"at": 1}, result={"output": "a"}),
        Step("look", {"at": 2}, result={"error": "gone"}),
        Step("look", {"at": 3}),
        Step("invented", {}, result={"error": "There is no such tool."}, is_refused=True),
    ]
    one.talk.turns["1.0"].steps[:] = steps

    (made,) = cases([one], with_names=False)

    assert "look:\n  - when:\n      at: 1\n    returns: a\n  - when:\n      at: 2\n    fails: gone\n" in made.text
    assert "invented" not in made.text
