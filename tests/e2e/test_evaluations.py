"""`python -m agent_worker.evaluate`, as a user runs it: the cases that ship, beside one that fails."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from tests.support.e2e.warm_process import WarmProcess

WRONG = """\
messages: ["What is your favourite colour?"]
expect: {contains: ultraviolet}
"""


async def test_the_cases_that_ship_pass_with_the_scripted_model_and_one_that_expects_something_else_fails(
    temporal_address: str, tmp_path: Path
) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG)
    report = tmp_path / "report.xml"
    evaluation = WarmProcess(
        "agent_worker.evaluate",
        {"TEMPORAL_ADDRESS": temporal_address},
        ready="",
        arguments=["agents/cases", str(tmp_path / "wrong.yaml"), "--scripted", "--junit", str(report)],
    )

    await evaluation.start(wait=False)
    code = await evaluation.ended()

    assert code == 1, evaluation.lines
    results = {line.split()[0]: line.split()[1] for line in evaluation.lines if line[:1].isalpha()}
    assert {name: results[name] for name in ("memory", "ticket", "weather-alerts", "wrong")} == {
        "memory": "passed",
        "ticket": "passed",
        "weather-alerts": "skipped",
        "wrong": "FAILED",
    }
    root = ElementTree.fromstring(report.read_text(encoding="utf-8"))
    assert [case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None] == ["wrong"]
