"""Promises of a long conversation: it is read in pages, what is old gives way, and what is carried over is whole."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.converter import DATA_CONVERTER
from agent_worker.contract.messages import MessageChange, StopRequest, UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.inbox import WAITING_BYTES, Inbox
from agent_worker.conversation.transcript.taken_back import is_question
from agent_worker.conversation.transcript.transcript import LARGEST_TRANSCRIPT, PAGE_BYTES, Transcript
from agent_worker.conversation.turn_limits import TurnLimits
from agent_worker.conversation.workflow_run import LARGEST_RUN, Run
from agent_worker.payloads.model import Content, ReadTranscript
from agent_worker.payloads.storage_limits import fair_limit, size_of
from tests.support.agent_worker.talks import (
    CHANNEL,
    TERMINAL,
    begun,
    calling,
    message,
    refuse_what_gemini_refuses,
    said,
    talk,
    unhurried,
)

LONGEST_BLOCK = 0.5  # seconds of computing; Temporal takes a workflow that computes for 2 s for deadlocked


# Pages


@unhurried
@given(st.lists(st.integers(1, 2 * PAGE_BYTES // 3), min_size=1, max_size=6))
def test_a_transcript_is_read_whole_in_pages_that_a_query_can_return(sizes: list[int]) -> None:
    conversation = begun()
    for size in sizes:
        conversation.transcript.add_answer(said("x" * size))

    read: list[Content] = []
    while len(read) < len(sizes):
        page = conversation.transcript.page(ReadTranscript(epoch="first", start=len(read), end=len(sizes)))
        assert page.entries
        assert size_of(page.entries) < 1_000_000
        read += page.entries

    assert read == conversation.transcript.entries


def test_a_page_ends_where_it_was_asked_to_end() -> None:
    conversation = begun()
    talk(conversation, "a", "b", tools=2)

    page = conversation.transcript.page(ReadTranscript(epoch="first", start=1, end=3))

    assert page.entries == conversation.transcript.entries[1:3]


# Compaction

turns = st.lists(st.tuples(st.integers(1, 2_000), st.integers(1, 2_000), st.integers(0, 3)), min_size=1, max_size=20)


@unhurried
@given(turns)
def test_older_turns_give_way_without_parting_a_call_from_its_response(drawn: list[tuple[int, int, int]]) -> None:
    conversation = begun()
    for question, answer, tools in drawn:
        talk(conversation, "q" * question, "a" * answer, tools=tools)
    conversation.transcript.confirm(len(conversation.transcript.entries), 5_000)
    recent = conversation.transcript.entries[conversation.transcript.cut() :]

    conversation.transcript.replace_older(conversation.transcript.cut(), "They said hello.", "second")

    refuse_what_gemini_refuses(conversation.transcript.entries)
    assert conversation.transcript.entries[1:] == recent
    assert is_question(recent[0])
    assert "They said hello." in conversation.transcript.entries[0]["parts"][0]["text"]
    assert (conversation.transcript.epoch, conversation.transcript.prompt_tokens) == ("second", 0)


@unhurried
@given(turns)
def test_its_size_is_always_that_of_its_entries(drawn: list[tuple[int, int, int]]) -> None:
    conversation = begun()
    for question, answer, tools in drawn:
        talk(conversation, "ü" * question, "a" * answer, tools=tools)
    sizes = [(conversation.transcript.size, sum(map(size_of, conversation.transcript.entries)))]
    conversation.transcript.replace_older(conversation.transcript.cut(), "short", "second")
    sizes.append((conversation.transcript.size, sum(map(size_of, conversation.transcript.entries))))
    conversation.transcript.start_turn()
    conversation.transcript.end_failed_turn("Sorry.", poisoned=False, epoch="third")
    sizes.append((conversation.transcript.size, sum(map(size_of, conversation.transcript.entries))))

    assert all(kept == real for kept, real in sizes)


def test_the_first_turn_alone_cannot_be_cut() -> None:
    conversation = begun()
    talk(conversation, "a", "b", tools=5)

    assert conversation.transcript.cut() == 0


def test_a_turn_that_was_steered_is_not_cut_in_two() -> None:
    conversation = begun()
    talk(conversation, "a", "x" * 9_000)
    conversation.add_messages([message("2.0", "look it up")])
    content, asked = calling("look_up")
    conversation.transcript.add_tool_results(content, asked, [{"output": "y" * 9_000}])
    conversation.add_messages([message("2.1", "quickly")])
    conversation.transcript.add_answer(said("done"))

    assert conversation.transcript.cut() == 2


def test_the_last_turn_stays_however_large_it_is() -> None:
    conversation = begun()
    talk(conversation, "a", "b")
    talk(conversation, "c", "x" * 10_000)

    assert conversation.transcript.cut() == 2


@pytest.mark.parametrize(("tokens", "size", "too_long"), [(1_001, 0, True), (1_000, 0, False), (0, 600_001, True)])
def test_a_conversation_is_too_long_by_what_the_model_counted_or_by_its_size(
    *, tokens: int, size: int, too_long: bool
) -> None:
    conversation = begun()
    conversation.transcript.confirm(0, tokens)
    conversation.transcript.size = size

    assert conversation.transcript.is_too_long(1_000) is too_long


def test_a_long_talk_in_short_messages_is_cut_well_before_temporal_takes_it_for_a_deadlock() -> None:
    conversation = begun()
    while conversation.transcript.size <= LARGEST_TRANSCRIPT:
        talk(conversation, "x" * 300, "y" * 300)
    started = time.process_time()

    conversation.transcript.cut()

    assert time.process_time() - started < LONGEST_BLOCK


def test_a_stop_that_thousands_of_messages_wait_for_is_taken_up_at_once() -> None:
    conversation = begun()
    conversation.inbox.keep([message(f"1.{number:05}", "hi") for number in range(20_000)])
    conversation.stop(StopRequest(at="1.1", user="U1"))
    started = time.process_time()

    dropped = conversation.inbox.drop_stopped()

    assert (len(dropped), len(conversation.inbox.messages)) == (10_000, 10_000)
    assert time.process_time() - started < LONGEST_BLOCK


@pytest.mark.parametrize("each", [(True,), (True, False), (False,)], ids=["asked", "asked and overheard", "overheard"])
def test_thousands_of_messages_that_arrive_twice_and_are_edited_are_noted_at_once(each: tuple[bool, ...]) -> None:
    conversation = begun()
    conversation.participants.thread_replies = "mention"
    inbox = conversation.inbox
    several = 5_000  # each arrives twice: as many signals as Temporal takes in one run
    written = [
        message(f"{number + 2}.0", "hi").model_copy(update={"addressed": each[number % len(each)]})
        for number in range(several)
    ]
    started = time.process_time()

    for one in [*sorted(written, key=lambda one: not one.addressed), *written]:
        if not inbox.is_newly_addressed(one):
            conversation.receive(one)
        conversation.participants.silencers(inbox.asides, now=0)
    for number in range(0, several, 10):
        inbox.change(MessageChange(ts=f"{number + 2}.0", at=f"{number + 3}.0", text="ho"))

    assert time.process_time() - started < LONGEST_BLOCK
    assert inbox.waiting == sum(size_of(one.text) for one in inbox.messages)


# What is carried over and what is stored


def fits_one_payload(conversation: Conversation) -> bool:
    run = Run(thread=conversation.thread, carried=conversation)
    return run.fits_one_payload(DATA_CONVERTER.payload_converter)


@pytest.mark.parametrize(
    ("said_bytes", "waiting_bytes", "fits"), [(0, 0, True), (LARGEST_RUN, 0, False), (900_000, 900_000, False)]
)
def test_only_what_fits_one_payload_is_carried_over(*, said_bytes: int, waiting_bytes: int, fits: bool) -> None:
    conversation = begun()
    conversation.transcript.add_answer(said("x" * said_bytes))
    conversation.receive(message("1.0", "語" * (waiting_bytes // 3)))

    assert fits_one_payload(conversation) is fits


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
contents = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "model"]), "parts": st.lists(st.dictionaries(st.text(), json_values), max_size=3)}
)
messages = st.builds(UserMessage, ts=st.text(), user=st.text(), text=st.text(), direct=st.booleans())
conversations = st.builds(
    Conversation,
    thread=st.sampled_from([CHANNEL, TERMINAL]),
    transcript=st.builds(
        Transcript,
        epoch=st.text(),
        entries=st.lists(contents, max_size=4),
        size=st.integers(0, 10**9),
        confirmed=st.integers(0, 10**6),
        turn_start=st.integers(0, 10**6),
        prompt_tokens=st.integers(0, 10**7),
    ),
    inbox=st.builds(Inbox, messages=st.lists(messages, max_size=3), seen=st.lists(st.text(), max_size=3)),
    model=st.text(),
    names=st.dictionaries(st.text(), st.text(), max_size=3),
)


async def stored_and_read(run: Run) -> Run:
    payloads = await DATA_CONVERTER.encode([run])
    (read,) = await DATA_CONVERTER.decode(payloads, [Run])
    assert isinstance(read, Run)
    return read


@unhurried
@given(conversations)
async def test_a_conversation_is_carried_over_whole(conversation: Conversation) -> None:
    run = Run(thread=conversation.thread, carried=conversation)

    assert await stored_and_read(run) == run


async def test_a_start_of_the_bot_is_a_run_with_nothing_carried() -> None:
    assert await stored_and_read(Run(thread=CHANNEL)) == Run(thread=CHANNEL, carried=None)


async def test_what_a_newer_version_adds_is_read_without_an_error() -> None:
    newer = {
        "thread": {"team": "T1", "channel": "C1", "thread_ts": "1.0", "mood": "good"},
        "carried": {
            "thread": {"team": "T1", "channel": "C1", "thread_ts": "1.0", "mood": "good"},
            "transcript": {
                "epoch": "first",
                "entries": [{"role": "user", "parts": [{"text": "hi", "newField": 1}], "note": "kept"}],
            },
            "inbox": {"messages": [{"ts": "1.1", "user": "U1", "text": "hi", "mood": ["F1"]}], "mood": "good"},
            "plans": ["a", "b"],
        },
        "version": 2,
    }

    (run,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([newer]), [Run])

    assert run.carried.inbox.messages == [message("1.1", "hi")]
    assert run.carried.transcript.entries == [
        {"role": "user", "parts": [{"text": "hi", "newField": 1}], "note": "kept"}
    ]


async def test_what_nobody_set_takes_no_room_in_history() -> None:
    (payload,) = await DATA_CONVERTER.encode([UserMessage(ts="1.1", user="U1", text="hi")])

    assert payload.data == b'{"ts":"1.1","user":"U1","text":"hi"}'


@given(st.lists(st.integers(min_value=0, max_value=300_000), min_size=1, max_size=40), st.integers(0, 400_000))
def test_results_share_their_room_and_small_ones_leave_theirs_to_the_others(sizes: list[int], room: int) -> None:
    limit = fair_limit(sizes, room)

    kept = [size for size in sizes if size <= limit]
    assert sum(kept) <= room
    assert limit >= min(room // len(sizes), max(sizes))
    assert len(kept) == len(sizes) or sum(sizes) > room


def test_more_than_can_be_read_in_one_run_is_left_out_and_each_message_is_still_answered() -> None:
    conversation = begun()
    for number in range(200):
        conversation.receive(message(f"1.{number:03}", "🪿" * 40_000))

    assert sum(size_of(one.text) for one in conversation.inbox.messages) <= WAITING_BYTES + 200 * size_of("")
    assert len(conversation.inbox.messages) == 200
    assert conversation.inbox.messages[-1].left_out
    assert conversation.inbox.waiting == sum(size_of(one.text) for one in conversation.inbox.messages)


def test_what_waits_is_counted_down_as_it_is_taken() -> None:
    conversation = begun()
    for number in range(9):
        conversation.receive(message(f"1.{number}", "x" * 50_000))

    while conversation.inbox.messages:
        conversation.inbox.take()

    assert conversation.inbox.waiting == 0


def test_the_envelopes_of_many_short_messages_count_when_a_run_is_carried_over() -> None:
    conversation = begun()
    for number in range(15_000):
        conversation.receive(message(f"1.{number:05}", "x" * 90))

    assert not fits_one_payload(conversation)


def test_whatever_is_carried_over_counts_not_only_what_was_said() -> None:
    titled, limited, refusing = begun(), begun(), begun()
    titled.title = "x" * LARGEST_RUN
    limited.limits = TurnLimits(turns=[1_764_000_000.123456] * (LARGEST_RUN // 16))
    refusing.participants.told = ["U0123456789"] * (LARGEST_RUN // 12)

    assert [fits_one_payload(one) for one in (titled, limited, refusing)] == [False] * 3
