"""Promises of the words that people read in Slack, wherever they are written: Title Case on buttons, no jargon."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_worker.payloads import errors
from agent_worker.slack.blocks import buttons
from agent_worker.toolbox.approvals import verb_of

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for package in ("agent_worker", "slackbot", "process") for path in (ROOT / package).rglob("*.py"))
SMALL_WORDS = {"a", "an", "the", "and", "or", "of", "in", "on", "to", "for", "with", "at", "by", "me"}
# Labels that are made of what a tool, a server or the model says: the verbs are tested below, the rest is not ours.
MADE_ELSEWHERE = {"verb", "one_line(option, LONGEST_OPTION)", "form.verb", "submit", "one_line(submit, LONGEST_TITLE)"}
# Facts for logs, for the terminal of who runs the agent, or for another call: nothing of them goes to Slack.
NOT_FOR_PEOPLE = {
    "agent_worker/cases/reading.py",
    "agent_worker/doctor/reading.py",
    "agent_worker/doctor/tool_checks.py",
    "agent_worker/feedback/__main__.py",
    "process/checkup/checks.py",
    "slackbot/doctor/web_api.py",
    "agent_worker/agents/folder.py",
    "agent_worker/agents/front_matter.py",
    "agent_worker/agents/settings.py",
    "agent_worker/grants/store.py",
    "agent_worker/mcp/configuration.py",
    "agent_worker/mcp/tools.py",
    "agent_worker/slack/files/download.py",
}
EXCEPTION = re.compile(r"\w(?:Error|Exception)\b|Traceback")


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def labels(path: Path) -> Iterator[ast.expr]:
    """The expressions of all labels of buttons, also of those of forms and of what Slack asks before a click."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name == "button":
                yield node.args[0]
            elif name == "confirmation":
                yield from node.args[2:4]
            yield from (word.value for word in node.keywords if word.arg == "submit")
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                is_label = isinstance(key, ast.Constant) and key.value in {"submit", "close"}
                if is_label and isinstance(value, ast.Call) and value.args:
                    yield value.args[0]


def words_of(label: ast.expr) -> list[str] | None:
    """The words of a label, with a capital in the place of what is put in; None if it is made elsewhere."""
    if isinstance(label, ast.BoolOp):
        known = [words_of(value) for value in label.values]
        return [word for words in known if words for word in words]
    if isinstance(label, ast.Constant):
        return str(label.value).split()
    if isinstance(label, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "X" for part in label.values]
        return "".join(parts).split()
    return None


def is_title_case(words: list[str]) -> bool:
    return all(
        word[0].isupper() or (at > 0 and word in SMALL_WORDS) for at, word in enumerate(words) if word[0].isalpha()
    )


def test_all_labels_of_buttons_are_in_title_case() -> None:
    found = {(path.name, ast.unparse(label)): words_of(label) for path in SOURCES for label in labels(path)}

    assert len(found) > 15
    assert {where for where, words in found.items() if words is None and where[1] not in MADE_ELSEWHERE} == set()
    assert {where for where, words in found.items() if words and not is_title_case(words)} == set()


def test_the_labels_below_an_answer_are_in_title_case() -> None:
    feedback, again, _ = buttons.below_answer("1.0", offers_again=True)
    (pair,), (button,) = feedback["elements"], again["elements"]
    shown = [pair["positive_button"]["text"], pair["negative_button"]["text"], button["text"]]

    assert [text["text"] for text in shown] == ["Good", "Bad", "Try Again"]


@pytest.mark.parametrize("tool", ["file_ticket", "github__mergePullRequest", "x__", "HTTPPost"])
def test_a_verb_that_is_made_of_a_tools_name_is_in_title_case(tool: str) -> None:
    assert is_title_case(verb_of(tool).split())


def test_a_label_that_is_not_in_title_case_would_be_noticed() -> None:
    assert not is_title_case(["Try", "again"])
    assert not is_title_case(["to", "Do"])
    assert is_title_case(["Show", "Me", "the", "Link"])


def test_no_sentence_is_made_with_the_name_of_an_exception() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.JoinedStr) and re.search(r"type\(\w+\)\.__name__|__class__", ast.unparse(node))
    }

    assert found <= NOT_FOR_PEOPLE


def test_no_sentence_about_a_failure_names_an_exception() -> None:
    codes = [value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)]
    sentences = [*map(errors.sentence, codes), errors.sentence("unknown"), *codes]

    assert [sentence for sentence in sentences if EXCEPTION.search(sentence)] == []
