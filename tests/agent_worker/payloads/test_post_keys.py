"""Promises of post keys: they never change, each reads as what it was made for, and none is taken for another."""

from __future__ import annotations

from typing import get_args

import pytest

from agent_worker.payloads import post_keys
from agent_worker.payloads.post_keys import PostKey, Topic

TURNS = [
    *("1732800000.000100", "1732800000.000100:again1", "1732800000.000100:again12"),
    *(post_keys.turn("1732800000.000100", addressed_at) for addressed_at in ("1732800007.000200", "9732800007.000200")),
]


def keys_of(turn: str) -> dict[str, PostKey]:
    """Every key that can be made for a turn, and what it has to read as."""
    answer, notice = post_keys.answer(turn), post_keys.notice(turn)
    asides = {post_keys.aside(turn, topic): PostKey(turn, topic) for topic in get_args(Topic)}
    first_asides = {post_keys.message(aside, 0): PostKey(key.turn, key.kind, "0") for aside, key in asides.items()}
    return {
        post_keys.progress(turn): PostKey(turn, "progress"),
        post_keys.waiting(turn): PostKey(turn, "waiting"),
        post_keys.draft(turn, 0): PostKey(turn, "draft", "0"),
        post_keys.draft(turn, 2): PostKey(turn, "draft", "2"),
        post_keys.draft(turn, "1732800001.000200"): PostKey(turn, "draft", "1732800001.000200"),
        answer: PostKey(turn, "answer"),
        post_keys.message(answer, 0): PostKey(turn, "answer", "0"),
        post_keys.plain(post_keys.message(answer, 1), 3): PostKey(turn, "answer", "1:plain:3"),
        post_keys.beginning(answer, 2): PostKey(turn, "answer", "beginning:2"),
        post_keys.plain(post_keys.beginning(answer, 2), 1): PostKey(turn, "answer", "beginning:2:plain:1"),
        post_keys.streamed(answer): PostKey(turn, "answer", "streamed"),
        notice: PostKey(turn, "notice"),
        post_keys.message(notice, 0): PostKey(turn, "notice", "0"),
        **asides,
        **first_asides,
    }


@pytest.mark.parametrize("turn", TURNS)
def test_a_key_reads_as_what_it_was_made_for(turn: str) -> None:
    assert {key: post_keys.read(key) for key in keys_of(turn)} == keys_of(turn)


def test_no_two_posts_share_a_key() -> None:
    assert len({key for turn in TURNS for key in keys_of(turn)}) == len(TURNS) * 19


def test_keys_are_spelled_as_they_stand_in_threads_and_in_histories() -> None:
    assert list(keys_of("1.0:again1")) == [
        "1.0:again1:progress",
        "1.0:again1:waiting",
        "1.0:again1:draft:0",
        "1.0:again1:draft:2",
        "1.0:again1:draft:1732800001.000200",
        "1.0:again1:answer",
        "1.0:again1:answer:0",
        "1.0:again1:answer:1:plain:3",
        "1.0:again1:answer:beginning:2",
        "1.0:again1:answer:beginning:2:plain:1",
        "1.0:again1:answer:streamed",
        "1.0:again1:notice",
        "1.0:again1:notice:0",
        "1.0:again1:stop",
        "1.0:again1:limit",
        "1.0:again1:refused",
        "1.0:again1:stop:0",
        "1.0:again1:limit:0",
        "1.0:again1:refused:0",
    ]


def test_the_beginning_of_an_answer_is_told_apart_from_all_of_it() -> None:
    beginnings = [key for key in keys_of("1.0") if post_keys.is_beginning(key)]

    assert beginnings == ["1.0:answer:beginning:2", "1.0:answer:beginning:2:plain:1"]
    assert not post_keys.is_beginning("1.0:answer")


def test_a_plain_part_belongs_to_one_message() -> None:
    first, tenth = post_keys.message("1.0:answer", 1), post_keys.message("1.0:answer", 10)

    assert post_keys.is_plain_part(post_keys.plain(first, 0), first)
    assert not post_keys.is_plain_part(post_keys.plain(tenth, 0), first)
    assert not post_keys.is_plain_part(first, first)


def test_drafts_may_be_changed_and_what_ends_a_turn_may_not() -> None:
    keys = keys_of("1.0").values()

    assert {key.kind for key in keys if key.is_draft} == {"draft", "waiting"}
    assert {key.kind for key in keys if key.is_final} == {"answer", "notice"}


@pytest.mark.parametrize(
    "text", ["", "1.0", "1.0:", "1.0:again1", "1.0:answers", "1.0:my:answer", ":answer", "1.0:progress2", "1.0:draft:"]
)
def test_what_was_not_made_here_is_no_key(text: str) -> None:
    assert post_keys.read(text) is None


@pytest.mark.parametrize("turn", TURNS)
def test_a_key_says_which_message_its_post_is_younger_than(turn: str) -> None:
    assert {post_keys.asked_at(key) for key in [turn, *keys_of(turn)]} == {TURNS[0]}


def test_a_turn_that_is_tried_again_and_again_counts_how_often() -> None:
    once = post_keys.next_turn("1.0")

    assert (once, post_keys.next_turn(once), post_keys.next_turn("1.0:again9")) == (
        "1.0:again1",
        "1.0:again2",
        "1.0:again10",
    )


def test_turns_that_go_on_after_questions_that_were_decided_within_one_second_have_keys_of_their_own() -> None:
    asked, now = "1700000000.000100", 1700000060.2
    first = post_keys.turn_after(asked, now)
    second = post_keys.turn_after(first, now + 0.3)
    third = post_keys.turn_after(second, now + 0.6)
    later = post_keys.turn_after(third, now + 60)

    assert len({asked, first, second, third, later}) == 5
    assert {post_keys.asked_at(key) for key in (first, second, third, later)} == {asked}


def test_a_turn_that_an_edit_begins_has_another_key_than_the_turns_that_its_message_began_before() -> None:
    edited = post_keys.turn("1732800000.000100", "1732800000.000200")
    again = [post_keys.turn("1732800000.000100")]
    for _ in range(50):
        again.append(post_keys.next_turn(again[-1]))

    assert edited not in again
    assert post_keys.next_turn(edited) not in again
    assert post_keys.asked_at(edited) == "1732800000.000100"
