"""Promises to whoever writes cases: every mistake is named with its file and line, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_worker.cases import reading
from agent_worker.cases.case import DIRECT, SOMEBODY

GOOD = """\
messages: [Hello]
expect: {contains: hello}
"""


def problems_of(folder: Path, text: str) -> list[str]:
    """What is said about a case, without the folder."""
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    _, problems = reading.read([folder])
    return [problem.replace(f"{folder}/", "") for problem in problems]


def test_a_short_case_is_a_direct_message_of_somebody(tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text(GOOD)

    (one,), problems = reading.read([tmp_path])

    assert problems == []
    assert (one.name, one.case.place, one.case.author(one.case.messages[0])) == ("short", DIRECT, SOMEBODY)
    assert one.case.expect is not None
    assert one.case.expect.contains == ["hello"]


def test_the_cases_that_ship_are_good() -> None:
    cases, problems = reading.read([Path("agents/cases")])

    assert problems == []
    assert sorted(one.name for one in cases) == ["memory", "ticket", "weather-alerts"]


def test_a_date_is_the_text_that_stands_there(tmp_path: Path) -> None:
    (tmp_path / "due.yaml").write_text(f"{GOOD}tools: {{file_ticket: {{returns: {{due: 2026-11-27}}}}}}\n")

    (one,), problems = reading.read([tmp_path])

    assert problems == []
    assert one.case.tools["file_ticket"][0].returns == {"due": "2026-11-27"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("messages: [Hello\n", "case.yaml:2: cannot be read as YAML: expected ',' or ']', but got '<stream end>'"),
        ("- a\n", "case.yaml:1: is not a list of fields: `name: value`"),
        (f"{GOOD}messages: [Bye]\n", "case.yaml:3: messages: stands here twice"),
        (f"{GOOD}mesages: [Bye]\n", "case.yaml:3: mesages: is not a field here (docs/evaluations.md lists them)"),
        (f"{GOOD}tools: {{a: {{returns: .nan}}}}\n", "case.yaml:3: .nan is no number that can be used"),
        (f"{GOOD}in: general\n", 'case.yaml:3: in: is neither `direct` nor a channel such as "#general" (in quotation'),
        (f'{GOOD}in: "#general"\n', "case.yaml:1: the first message in a channel has to mention @agent"),
        (f"{GOOD}people:\n  Anna: {{}}\n", "case.yaml:4: people.Anna: is no name for a person here"),
        (f"{GOOD}people: {{ben: {{time_zone: Mars}}}}\n", "is no time zone such as Europe/Berlin"),
        ("messages: [Hello]\n", "case.yaml:1: expects nothing: add `expect`"),
        ("messages: [Hello]\nexpect: {}\n", "case.yaml:2: expect: expects nothing"),
        ('messages: [Hello]\nexpect:\n  matches: "("\n', "case.yaml:3: expect.matches.1: is no regular expression"),
        (
            'messages: [Hello]\nexpect:\n  calls:\n  - {tool: a, arguments: {b: {matches: "("}}}\n',
            "case.yaml:4: expect.calls.1.arguments: b: is no regular expression",
        ),
        ("messages:\n- {text: Hi, approve: true, reject: no}\nexpect: {contains: a}\n", "case.yaml:2: messages.1"),
        ("messages: [{text: Hi, by: ben}]\nexpect: {contains: a}\n", "message 1: ben is not one of the people (anna)"),
        (f"{GOOD}tools:\n  a:\n  - {{when: {{b: 1}}}}\n", "case.yaml:5: tools.a.1: has either `returns` or `fails`"),
        (f"{GOOD}tools: {{a: {{returns: 1}}}}\nreal: a\n", "a is both real and stood in for"),
        (
            "messages: [{text: Hi, files: [none.txt]}]\nexpect: {contains: a}\n",
            "case.yaml:1: messages.1.files.1: there is no file none.txt",
        ),
        (
            "people: {anna: , ben: }\nmessages: [Hi, {text: Ho, by: ben}]\nexpect: {contains: a}\n",
            "in direct messages only one person takes part",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (said,) = problems_of(tmp_path, text)

    assert problem in said


def test_the_mistakes_of_all_files_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("messages: []\nexpect: {contains: ''}\n")
    (tmp_path / "two.yaml").write_text("about: 5\n")
    (tmp_path / "note.txt").write_text("no case")

    cases, problems = reading.read([tmp_path, tmp_path / "missing.yaml"])

    assert cases == []
    assert [problem.replace(f"{tmp_path}/", "").rsplit(": ", 1)[0] for problem in problems] == [
        "one.yml:1: messages",
        "one.yml:2: expect.contains.1",
        "two.yaml:1: about",
        "two.yaml:1: messages",
        "missing.yaml",
    ]


def test_a_file_that_is_no_text_and_a_folder_without_cases_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.yaml").write_bytes(b"messages:\n- \xff\n")

    _, problems = reading.read([tmp_path, tmp_path / "empty"])

    assert problems == [f"{tmp_path}/broken.yaml:2: is not UTF-8 text", f"{tmp_path}/empty: holds no case (*.yaml)"]


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.yaml").write_text(GOOD)

    _, problems = reading.read([tmp_path / "a", tmp_path / "b"])

    assert problems == [f"{tmp_path}/b/same.yaml: another case has this name: {tmp_path}/a/same.yaml"]
