"""Promises of steps as lines: one for each step, the most interesting ones if there are many."""

from __future__ import annotations

import pytest

from agent_worker.payloads.thread import ShownStep, StepState
from agent_worker.slack.blocks.posts import Post
from agent_worker.slack.blocks.step_lines import progress

GUARD = "\u200b"


def step(title: str, state: StepState) -> ShownStep:
    return ShownStep(title=title, state=state)


def text_of(post: Post) -> str:
    """The text of the only block."""
    (block,) = post.blocks
    (element,) = block["elements"]
    return str(element["text"])


def test_without_steps_there_is_no_progress() -> None:
    with pytest.raises(ValueError, match="needs a step"):
        progress([], "Thinking…")


def test_progress_shows_one_line_for_each_step_with_its_state() -> None:
    post = progress(
        [
            ShownStep(title="Find my IP address", state="complete", outcome="161.185.160.93"),
            step("Look up <!here> & R&D", "error"),
            step("Weather alerts\nfor New York", "in_progress"),
            step("Write the answer", "pending"),
        ],
        "Weather alerts\nfor New York…",
    )

    text = text_of(post)
    assert text.split("\n") == [
        "*Weather alerts for New York…*",
        ":white_check_mark: Find my IP address · 161.185.160.93",
        f":x: Look up @{GUARD}here &amp; R&amp;D",
        ":hourglass: Weather alerts for New York",
        ":white_circle: Write the answer",
    ]
    assert post.text == "Weather alerts for New York…"


def test_a_long_title_is_cut_at_120_characters() -> None:
    text = text_of(progress([step("t" * 500, "pending")], "Thinking…"))

    assert text == "*Thinking…*\n:white_circle: " + "t" * 119 + "…"


def test_more_than_20_steps_fold_the_oldest_that_are_done() -> None:
    steps = [step(f"Step {number}", "complete") for number in range(30)] + [step("Last", "in_progress")]

    text = text_of(progress(steps, "Thinking…"))

    lines = text.split("\n")
    assert lines[:2] == ["*Thinking…*", ":white_check_mark: Step 11"]
    assert lines[-2:] == [":hourglass: Last", "and 11 more done"]
    assert len(lines) == 22


def test_more_than_20_steps_that_are_not_done_fold_without_being_called_done() -> None:
    steps = [step(f"Step {number}", "in_progress") for number in range(22)] + [step("Later", "pending")] * 3

    text = text_of(progress(steps, "Thinking…"))

    assert text.split("\n")[-1] == "and 5 more"
    assert "Later" not in text
    assert "done" not in text
