"""Promises of task cards: short titles in words, no more than Slack shows, no ping, and the end state stays."""

from __future__ import annotations

import pytest

from agent_worker.contract.names import STOP_BUTTON
from agent_worker.payloads.thread import Ending, Progress, ShownStep, Source, StepState
from agent_worker.slack.blocks.task_cards import LONGEST_TITLE, MOST_CARDS, cards, chunks, plan, plan_block
from emulators.slack.rules.blocks import block_problems

PAGE = Source(text="Flood Warning", url="https://www.weather.gov/alerts")


def step(title: str = "Looks it up", state: StepState = "complete", *sources: Source) -> ShownStep:
    return ShownStep(title=title, state=state, sources=list(sources))


def turn(steps: list[ShownStep], ending: Ending = "", seconds: float = 0) -> Progress:
    return Progress(key="1.0:progress", steps=steps, ending=ending, seconds=seconds)


def many(count: int, state: StepState = "complete") -> list[ShownStep]:
    return [step(f"Step {number}", state) for number in range(count)]


def test_each_step_is_a_card_with_its_state_and_its_sources() -> None:
    block = plan_block(turn([step("Finds it", "complete", PAGE), step("Counts it", "in_progress")]), is_over=False)

    assert [(card["title"], card["status"]) for card in block["tasks"]] == [
        ("Finds it", "complete"),
        ("Counts it", "in_progress"),
    ]
    assert block["tasks"][0]["sources"] == [{"type": "url", "url": PAGE.url, "text": PAGE.text}]
    assert "sources" not in block["tasks"][1]


@pytest.mark.parametrize("count", [1, MOST_CARDS, MOST_CARDS + 1, 3 * MOST_CARDS])
def test_slack_takes_any_number_of_steps(count: int) -> None:
    post = plan(turn(many(count)), "1.0", is_over=True)

    assert block_problems(post.blocks) == []
    assert len(post.blocks[0]["tasks"]) == min(count, MOST_CARDS)


@pytest.mark.parametrize(
    ("rest", "state", "title"),
    [
        (many(3), "complete", "3 more steps, 3 done"),
        ([*many(2), step(state="in_progress")], "in_progress", "3 more steps, 2 done"),
        ([*many(2), step(state="error")], "error", "3 more steps, 3 done"),
    ],
)
def test_what_does_not_fit_is_folded_into_one_card(rest: list[ShownStep], state: StepState, title: str) -> None:
    folded = cards([*many(MOST_CARDS - 1), *rest])[-1]

    assert (folded.title, folded.state) == (title, state)


def test_a_title_is_one_short_line_that_pings_nobody() -> None:
    titles = [card.title for card in cards([step("a\nb " + "x" * 300), step("<!channel> <@U1> @here"), step(" ")])]

    assert len(titles[0]) == LONGEST_TITLE
    assert titles[0].startswith("a b x")
    assert not any(ping in titles[1] for ping in ("<!channel>", "<@U1>", "@here"))
    assert titles[2] == "…"


def test_there_is_a_stop_button_until_the_turn_is_over() -> None:
    running = plan(turn([step()]), "1.0:again1", is_over=False)
    over = plan(turn([step()]), "1.0:again1", is_over=True)

    assert running.blocks[1]["elements"][0]["action_id"] == STOP_BUTTON
    assert running.blocks[1]["elements"][0]["value"] == "1.0:again1"
    assert [block["type"] for block in over.blocks] == ["plan"]


@pytest.mark.parametrize(
    ("running", "title"),
    [
        ([], "Thinking…"),
        (["Counts it"], "Counts it…"),
        (["Counts it", "Weighs it", "Finds it"], "Counts it and 2 more…"),
        (
            ["Searching for everything that was ever said about the printers of the third floor, and by whom it was"],
            "Searching for everything that was ever said about the printers of the third floor, and by whom…",
        ),
    ],
    ids=["none", "one", "several", "a long one"],
)
def test_the_title_says_what_is_being_done(running: list[str], title: str) -> None:
    steps = [step("Looks it up", "complete"), *(step(one, "in_progress") for one in running)]

    assert plan_block(turn(steps), is_over=False)["title"] == title
    assert plan(turn(steps), "1.0", is_over=False).text == title


@pytest.mark.parametrize(
    ("ending", "title"),
    [("worked", "Worked for 12 s"), ("stopped", "Stopped"), ("error", "Error"), ("", "Done")],
)
def test_the_last_title_says_how_the_turn_has_ended(ending: Ending, title: str) -> None:
    ended = turn([step()], ending, 12.3)

    assert plan_block(ended, is_over=True)["title"] == title
    assert plan(ended, "1.0", is_over=True).text == title


def test_a_card_says_in_a_few_words_what_came_of_its_step() -> None:
    steps = [ShownStep(title="Finds it", state="complete", outcome="2 alerts <@U1>"), step("Counts it", "in_progress")]
    found, running = plan_block(turn(steps), is_over=False)["tasks"]

    (section,) = found["output"]["elements"]
    (text,) = section["elements"]
    assert (text["text"].startswith("2 alerts"), "<@U1>" in text["text"], "output" in running) == (True, False, False)


def test_a_stream_is_told_of_each_card_with_its_state() -> None:
    title, finds, counts = chunks(turn([step("Finds it"), step("Counts it", "in_progress")]), is_over=False)

    assert title == {"type": "plan_update", "title": "Counts it…"}
    assert [(chunk["type"], chunk["id"], chunk["status"]) for chunk in (finds, counts)] == [
        ("task_update", "step-0", "complete"),
        ("task_update", "step-1", "in_progress"),
    ]


def test_a_stream_is_told_once_what_came_of_a_step_and_from_which_pages_as_slack_would_add_it_again() -> None:
    found = [ShownStep(title="Finds it", state="complete", outcome="2 alerts", sources=[PAGE])]

    (_, before), (_, last) = chunks(turn(found), is_over=False), chunks(turn(found, "worked"), is_over=True)

    assert {"output", "sources"} & before.keys() == set()
    assert (last["output"], last["sources"][0]["url"]) == ("2 alerts", PAGE.url)
