"""Promises of an agent's file: its fields are read, and whatever is wrong is named by line and field."""

from __future__ import annotations

import pytest

from agent_worker.agents import agent_file, front_matter
from agent_worker.agents.agent_file import AgentFields, AgentFile
from agent_worker.agents.front_matter import BadFrontMatterError
from agent_worker.agents.settings import LARGEST_INSTRUCTIONS


def read(text: str | bytes) -> AgentFile:
    return agent_file.read("ops", "agents/ops.md", text.encode() if isinstance(text, str) else text)


def complaints(text: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(BadFrontMatterError) as bad:
        read(text)
    return [(one.line, one.field, one.message) for one in bad.value.problems]


def test_all_fields_are_read_and_the_rest_is_the_instructions() -> None:
    file = read("""---
description: Runs things.
model: gemini-4-argon
tools: [get_*, "github__*"]
channels: ["#ops", C0123, "ops-*", direct]
max_model_calls: 3
context_tokens: 5000
thread_replies: mention
greeting: Hello!
prompts:
  - What is down?
  - {title: Pages, message: "Who is on call?"}
---

You run things.

---
Not the end.
""")

    assert file.instructions == "You run things.\n\n---\nNot the end."
    assert file.fields.channels == ["ops", "C0123", "ops-*", "direct"]
    assert [(one.title, one.message) for one in file.prompts] == [
        ("What is down?", "What is down?"),
        ("Pages", "Who is on call?"),
    ]
    given = file.fields.model_dump(exclude={"channels", "prompts"})
    assert given == {
        "description": "Runs things.",
        "model": "gemini-4-argon",
        "tools": ["get_*", "github__*"],
        "max_model_calls": 3,
        "context_tokens": 5000,
        "thread_replies": "mention",
        "greeting": "Hello!",
        "approve": None,
        "approvers": None,
    }


@pytest.mark.parametrize("text", ["You run things.", "\ufeffYou run things.", "---\n---\nYou run things.\n"])
def test_a_file_needs_no_fields(text: str) -> None:
    assert (read(text).instructions.lstrip("\ufeff"), read(text).fields) == ("You run things.", AgentFields())


@pytest.mark.parametrize(
    ("front", "line", "field", "message"),
    [
        ("modle: x", 2, "modle", "is not a field"),
        ("description: a\nmax_model_calls: 0", 3, "max_model_calls", "greater than or equal to 1"),
        ("max_model_calls: yes", 2, "max_model_calls", "valid integer"),
        ("max_model_calls: '3'", 2, "max_model_calls", "valid integer"),
        ("context_tokens: 10", 2, "context_tokens", "greater than or equal to 1000"),
        ("thread_replies: never", 2, "thread_replies", "'auto', 'all' or 'mention'"),
        ("tools:\n  - get_*\n  - 'rm -rf'", 4, "tools.2", "neither the name of a tool nor a glob"),
        ("tools: get_*", 2, "tools", "valid list"),
        ("model: x\ntools:", 3, "tools", "write [] for no tool"),
        ("tools:\n  # - get_ip_address", 2, "tools", "write [] for no tool"),
        ("tools: ~", 2, "tools", "write [] for no tool"),
        ("channels: ['#']", 2, "channels.1", "neither a channel's id"),
        ("channels: ['#Ops']", 2, "channels.1", "has capital letters"),
        ("channels: [ops, 'C0*']", 2, "channels.2", "has capital letters"),
        ("channels: ['<!here>']", 2, "channels.1", "neither a channel's id"),
        ("prompts: [a, b, c, d, e]", 2, "prompts", "at most 4"),
        ("prompts:\n- title: a", 3, "prompts.1.message", "required"),
        ("model: ''", 2, "model", "match pattern"),
        ("model: 'a b'", 2, "model", "match pattern"),
        ("model: a\nmodel: b", 3, "model", "stands here twice"),
        ("prompts:\n- title: a\n  title: b\n  message: c", 4, "prompts.1.title", "stands here twice"),
        ("tools: &a [x]\nchannels: *a", 3, "", "aliases"),
        ("<<: {model: a}", 2, "", "no plain word"),
        ("1: a", 2, "", "no plain word"),
        ("? [a]\n: b", 2, "", "no plain word"),
        ("model: !!python/object/apply:os.system [ls]", 2, "", "a kind that is not taken"),
        ("model: !!int word", 2, "", "cannot be read"),
        ("model: !!int ''", 2, "", "cannot be read"),
        ("model: !!float ''", 2, "", "cannot be read"),
        ("model: !!bool word", 2, "", "cannot be read"),
        ("model: !!timestamp word", 2, "", "a kind that is not taken"),
        ("- a\n- b", 2, "", "is not a list of fields"),
        ("model: [a", 3, "", "cannot be read as YAML"),
        ("model: \tx: y: z", 2, "", "cannot be read as YAML"),
        (f"model: {'[' * 20}", 2, "", "levels"),
        (f"description: {'x' * 20_000}", 1, "", "longer than 16 KB"),
        (f"description: {'x' * 600}", 2, "description", "at most 500"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(front: str, line: int, field: str, message: str) -> None:
    told = complaints(f"---\n{front}\n---\nAnswer.")

    assert [one[:2] for one in told] == [(line, field)]
    assert message in told[0][2]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    told = complaints("---\nmodle: x\nmax_model_calls: 0\ntools: [1]\n---\n" + "x" * (LARGEST_INSTRUCTIONS + 1))

    assert [(line, field) for line, field, _ in told] == [(4, "tools.1"), (3, "max_model_calls"), (2, "modle"), (1, "")]


def test_front_matter_without_an_end_is_an_error_and_not_instructions() -> None:
    assert complaints("---\nmodel: x\nYou run things.") == [
        (1, "", "the front matter has no end: a line --- is missing")
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n---\ntools: []\n---\nAnswer.", 2),
        ("  ---\ntools: []\n---\nAnswer.", 1),
        ("---- \ntools: []\n----\nAnswer.", 1),
        ("--- # fields\ntools: []\n---\nAnswer.", 1),
    ],
)
def test_fields_that_do_not_begin_in_the_first_line_are_an_error_and_not_instructions(text: str, line: int) -> None:
    assert complaints(text) == [(line, "", "the front matter begins with --- alone in line 1")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Answer.\n\xff\xfe", "is not UTF-8 text"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"x" * (LARGEST_INSTRUCTIONS + 1), "the instructions are longer than 32 KB"),
        (b"x" * 200_000, "the file is larger than"),
    ],
)
def test_what_cannot_be_instructions_is_refused(data: bytes, message: str) -> None:
    assert message in complaints(data)[0][2]


def test_aliases_cannot_make_a_small_file_large() -> None:
    bomb = "\n".join(["a: &a [x]", *(f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]" for p, n in ("ab", "bc", "cd", "de"))])

    assert [message for _, _, message in complaints(f"---\n{bomb}\n---\n")] == [
        "aliases (*name) are not taken: write the value out"
    ]


def test_the_line_of_a_missing_value_is_that_of_what_it_is_missing_in() -> None:
    front = front_matter.read("---\na: 1\nb:\n  - c: 2\n---\n")

    assert [front.line(("b", 0, "d")), front.line(("b", 0, "c")), front.line(("z",))] == [4, 4, 1]


def test_values_of_a_file_are_plain_data() -> None:
    assert front_matter.read("---\na: {b: [1, yes, null]}\n---\n").values == {"a": {"b": [1, True, None]}}
