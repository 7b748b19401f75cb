"""The outcomes as JUnit XML, which build servers read. Pure."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from evaluations.outcome import Outcome, Report
from evaluations.table import calls_in_full

SUITE = "evaluations"
# What XML 1.0 has no form for (https://www.w3.org/TR/xml/#charsets).
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """The document: a test for each case, with the conversation as its output."""
    counts = {"tests": len(report.outcomes), "failures": report.counts["failed"], "skipped": report.counts["skipped"]}
    numbers = {**{name: str(count) for name, count in counts.items()}, "errors": "0", "time": f"{report.seconds:.3f}"}
    root = Element("testsuites", numbers)
    suite = SubElement(root, "testsuite", {"name": SUITE, **numbers})
    for outcome in report.outcomes:
        _add(suite, outcome)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add(suite: Element, outcome: Outcome) -> None:
    place = {"classname": SUITE, "name": _clean(outcome.name), "time": f"{outcome.seconds:.3f}"}
    case = SubElement(suite, "testcase", place)
    if outcome.result != "passed":
        kind = "failure" if outcome.result == "failed" else "skipped"
        SubElement(case, kind, {"message": _clean(outcome.notes[0])}).text = _clean("\n".join(outcome.notes))
    SubElement(case, "system-out").text = _clean("\n".join(_told(outcome)))


def _told(outcome: Outcome) -> list[str]:
    lines = [f"agent: {outcome.agent}"] if outcome.agent else []
    for exchange in outcome.exchanges:
        lines += [f"> {exchange.said}", exchange.answer, ""]
    return [*lines, *calls_in_full(outcome)]


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
