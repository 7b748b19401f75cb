"""Promises about the report: each case with what is wrong, counted, for people and for build servers."""

from __future__ import annotations

from xml.etree import ElementTree

from agent_worker.turn_history import Step
from evaluations.junit import junit
from evaluations.outcome import Check, Exchange, Outcome, Report
from evaluations.table import table

STEP = Step("file_ticket", {"title": "Printer"}, result={"output": 1})
PASSED = Outcome("ticket", 1.25, [Exchange("File it", "Done.", [STEP])], [Check("contains “done”")], agent="default a1")
FAILED = Outcome("weather-alerts", 0.5, [Exchange("Alerts?", "None.\x00")], [Check("calls a", "failed", "it was not")])
SKIPPED = Outcome("polite", 2, [Exchange("Hi", "Hi")], [Check("b"), Check("judge: Polite?", "skipped", "no key")])
STUCK = Outcome("stuck", 120, trouble=["“Hi” was not answered within 120 s"])
REPORT = Report([PASSED, FAILED, SKIPPED, STUCK], 123.4, "the scripted model")


def test_the_table_says_what_came_of_each_case() -> None:
    assert (
        table(REPORT)
        == """\
case            result   seconds  calls
ticket          passed       1.2  file_ticket
weather-alerts  FAILED       0.5  none
    calls a: it was not
polite          skipped      2.0  none
    judge: Polite?: no key
stuck           FAILED     120.0  none
    “Hi” was not answered within 120 s

4 cases with the scripted model in 123.4 s: 1 passed, 2 failed, 1 skipped
Skipped cases have not passed: nobody has looked at everything that they expect."""
    )


def test_a_check_that_nobody_has_looked_at_does_not_hide_one_that_failed() -> None:
    checks = [Check("a", "skipped", "no key"), Check("b", "failed", "wrong")]

    assert Outcome("both", 1, checks=checks).result == "failed"


def test_build_servers_read_the_same() -> None:
    root = ElementTree.fromstring(junit(REPORT).encode())

    assert {name: root.attrib[name] for name in ("tests", "failures", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "skipped": "1",
    }
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    assert [part.tag for part in cases["ticket"]] == ["system-out"]
    assert cases["ticket"].findtext("system-out") == (
        'agent: default a1\n> File it\nDone.\n\nfile_ticket(title="Printer"): done'
    )
    assert cases["weather-alerts"].findtext("failure") == "calls a: it was not"
    assert cases["polite"].findtext("skipped") == "judge: Polite?: no key"
    assert cases["stuck"].findtext("failure") == "“Hi” was not answered within 120 s"
