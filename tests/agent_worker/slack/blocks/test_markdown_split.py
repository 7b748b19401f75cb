"""Promises of cutting Markdown: nothing is lost, each part reads well, and code stays code."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_worker.slack.blocks.markdown_split import split
from tests.support.examples import examples

LIMIT = 200
FENCE_LINE = re.compile(r"[ >]*(?:`{3,}|~{3,})\w*\Z")
FRAGMENTS = [
    *("word", " ", "  ", "\n", "\n\n", "    ", "- ", "1. ", "> ", "```", "```py", "\n```\n", "\n~~~~ sh\n", "~~~~"),
    *("| a | b |\n|---|---|\n", "| 1 | 2 |\n", "|", "---", "# ", ". ", "。", "x" * 37, "<@U1>", "`", "\t", "\r\n", "é"),
]


@dataclass(frozen=True)
class Document:
    """Markdown whose lines of content are all different, so that what was lost, moved or doubled can be told."""

    markdown: str

    @property
    def content(self) -> list[str]:
        return content([self.markdown])


def content(parts: list[str]) -> list[str]:
    """The words, in order, without fences and table headers, which a cut repeats."""
    lines = [line for part in parts for line in part.split("\n")]
    return [
        word
        for line in lines
        if not FENCE_LINE.match(line) and "head" not in line and "---" not in line
        for word in line.split()
    ]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    count = 0

    def words(most: int) -> str:
        nonlocal count
        count += 1
        return " ".join(f"w{count}x{at}" for at in range(draw(st.integers(1, most))))

    passages = []
    for kind in draw(st.lists(st.sampled_from(["prose", "list", "fence", "table"]), min_size=1, max_size=8)):
        lines = draw(st.integers(1, 12))
        match kind:
            case "prose":
                passages.append("\n".join(words(30) + "." for _ in range(lines)))
            case "list":
                passages.append("\n".join(f"{draw(st.sampled_from(['- ', '  - ']))}{words(10)}" for _ in range(lines)))
            case "fence":
                mark = draw(st.sampled_from(["```", "~~~~", "   ```"]))
                passages.append("\n".join([f"{mark}python", *(words(8) for _ in range(lines)), mark]))
            case _:
                passages.append("\n".join(["| head |", "|---|", *(f"| {words(8)} |" for _ in range(lines))]))
    return Document("\n\n".join(passages))


def test_markdown_that_fits_stays_as_it_is() -> None:
    markdown = "# Title\n\n- one\n    - two\n\n```py\nif x < 1:\n    pass\n```\n\n| a |\n|---|\n| 1 |"

    assert split(markdown, LIMIT) == [markdown]


@given(documents())
@settings(deadline=None, max_examples=examples(60))
def test_nothing_is_lost_moved_or_doubled_by_cutting(document: Document) -> None:
    parts = split(document.markdown, LIMIT)

    assert content(parts) == document.content
    assert all(part.strip() and len(part) <= LIMIT for part in parts)


@given(documents())
@settings(deadline=None, max_examples=examples(60))
def test_every_part_closes_the_fences_it_opens_and_heads_the_tables_it_shows(document: Document) -> None:
    for part in split(document.markdown, LIMIT):
        lines = part.split("\n")

        assert sum(bool(FENCE_LINE.match(line)) for line in lines) % 2 == 0
        rows = [at for at, line in enumerate(lines) if line.startswith("|")]
        assert all(at - 1 in rows or lines[at] == "| head |" for at in rows)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=80).map("".join), st.integers(1, 120))
@settings(deadline=None, max_examples=examples(150))
def test_any_text_is_cut_into_short_parts_that_hold_all_of_it_in_order(markdown: str, limit: int) -> None:
    parts = split(markdown, limit)

    assert all(part.strip() and len(part) <= limit for part in parts)
    letters = iter("".join(parts))
    lost = [letter for letter in markdown if not letter.isspace() and letter not in letters]
    assert lost == []


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a" * 30 + "\n\n" + "b" * 30, ["a" * 30, "b" * 30]),
        ("a" * 12 + "\n\n" + "b" * 26 + "\n" + "c" * 12, ["a" * 12, "b" * 26 + "\n" + "c" * 12]),
        ("a" * 25 + " b\n" + "c" * 30, ["a" * 25 + " b", "c" * 30]),
        ("Aaaa aaaa aaaa aaaa aaaa. Bbbb bbbb bbbb bbbb", ["Aaaa aaaa aaaa aaaa aaaa.", "Bbbb bbbb bbbb bbbb"]),
        ("aaaa " * 9, ["aaaa aaaa aaaa aaaa aaaa aaaa aaaa aaaa", "aaaa"]),
        ("See " + "a" * 38, ["See", "a" * 38]),
        ("a" * 85, ["a" * 40, "a" * 40, "a" * 5]),
        ("你好。" * 14, ["你好。" * 13, "你好。"]),
    ],
    ids=["paragraph", "whole paragraph", "line", "sentence", "word", "long word", "anywhere", "without spaces"],
)
def test_a_cut_is_made_where_it_hurts_least(markdown: str, expected: list[str]) -> None:
    assert split(markdown, 40) == expected


def test_an_early_line_break_does_not_leave_a_tiny_part() -> None:
    assert split("Well\n" + "one two. " * 10, 40)[0] == "Well\n" + "one two. " * 3 + "one two."


def test_a_list_is_cut_between_its_items_not_inside_one() -> None:
    markdown = "- first item\n  - detail\n- second item\n  - detail\n  - detail"

    assert split(markdown, 46) == ["- first item\n  - detail", "- second item\n  - detail\n  - detail"]


def test_what_continues_a_list_in_the_next_part_does_not_become_code() -> None:
    markdown = "1. " + "a" * 30 + "\n\n    an explanation of the item"

    assert split(markdown, 40) == ["1. " + "a" * 30, "an explanation of the item"]


def test_fenced_code_that_fits_is_moved_to_the_next_part_whole() -> None:
    fence = "```python\n" + "\n".join(f"line_{number}()" for number in range(10)) + "\n```"
    markdown = "Some words before. " * 6 + "\n\n" + fence + "\n\nAfter."

    assert split(markdown, LIMIT) == [("Some words before. " * 6).strip(), fence + "\n\nAfter."]


def test_fenced_code_that_is_too_long_is_closed_and_opened_again_as_it_was() -> None:
    code = [f"line_{number}()" for number in range(12)]
    markdown = "  ~~~~ python title\n" + "\n".join(f"  {line}" for line in code) + "\n  ~~~~"

    parts = split(markdown, 100)

    assert len(parts) > 1
    assert all(part.startswith("  ~~~~ python title\n") for part in parts)
    assert all(part.endswith("\n  ~~~~") for part in parts)
    assert re.findall(r"line_\d+\(\)", "".join(parts)) == code


def test_fenced_code_in_a_list_item_is_opened_again_without_a_new_item() -> None:
    markdown = "1. ```sh\n" + "\n".join(f"   echo {number}" for number in range(20)) + "\n   ```"

    parts = split(markdown, 100)

    assert parts[0].startswith("1. ```sh\n")
    assert {part.split("\n")[0] for part in parts[1:]} == {"   ```sh"}


def test_code_keeps_its_blank_lines_and_its_indentation_at_a_cut() -> None:
    code = "def f():\n\n        return 1\n\n\n" * 10
    markdown = f"```py\n{code}```"

    parts = split(markdown, 100)

    assert "".join(part.removeprefix("```py\n").removesuffix("```") for part in parts) == code


def test_fenced_code_that_was_never_closed_is_closed_in_every_part_when_cut() -> None:
    parts = split("```\n" + "echo again and again\n" * 20, 100)

    assert all(part.startswith("```\n") and part.endswith("\n```") for part in parts)


def test_a_fence_inside_a_longer_fence_is_code() -> None:
    markdown = "````md\n" + "```py\nx = 1\n```\n" * 20 + "````"

    parts = split(markdown, 100)

    assert all(part.startswith("````md\n") and part.endswith("\n````") for part in parts)


def test_a_table_is_cut_between_rows_and_repeats_its_header() -> None:
    header = "| City | Alerts |\n|:-----|-------:|\n"
    rows = [f"| City {number} | {number} alerts |\n" for number in range(20)]

    parts = split("Alerts:\n" + header + "".join(rows) + "\nThat is all.", LIMIT)

    first, *others = parts
    assert first.startswith(f"Alerts:\n{header}| City 0 |")
    assert all(part.startswith(header) for part in others)
    assert "".join(part.replace(header, "") + "\n" for part in parts) == f"Alerts:\n{''.join(rows)}\nThat is all.\n"


def test_blank_lines_at_the_ends_are_dropped_but_the_first_indentation_stays() -> None:
    assert split("\n \n    code\n\ntext\n\n", LIMIT) == ["    code\n\ntext"]
    assert split(" \n\n", LIMIT) == []


@pytest.mark.parametrize("code", ["", "code\n"])
def test_a_fence_that_is_longer_than_a_part_is_not_lost(code: str) -> None:
    parts = split(f"```\n{code}{'`' * 500}\n", LIMIT)

    assert sum(part.count("`") for part in parts) == 503
    assert all(len(part) <= LIMIT for part in parts)
