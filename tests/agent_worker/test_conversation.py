"""Promises of the conversation: nothing is lost or heard twice, and its transcript is one that Gemini takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_worker.contract import DATA_CONVERTER, Thread, UserMessage
from agent_worker.conversation import (
    INBOX_BYTES,
    PAGE_BYTES,
    RESULTS_BYTES,
    SEEN_MESSAGES,
    TRANSCRIPT_BYTES,
    Conversation,
    Run,
    is_question,
    size_of,
)
from agent_worker.requests import Content, Opened, ReadTranscript, ToolCall
from playground.gemini.received import ModelRequest
from playground.gemini.rules import check_request
from playground.gemini.signatures import Signatures
from playground.gemini.turns import check_turns

CHANNEL = Thread(team="T1", channel="C1", thread_ts="1.000000")
TERMINAL = Thread(team="", channel="", thread_ts="", surface="terminal")
OPENED = Opened(
    model="gemini-3.8-flash",
    bot_user_id="UBOT",
    greeting="Hello!",
    max_model_calls=12,
    model_seconds=60,
    idle_seconds=60,
    context_tokens=1_000,
    names={"U1": "anna", "U2": "ben"},
)
unhurried = settings(deadline=None, max_examples=50)
LONGEST_BLOCK = 0.5  # seconds of computing; Temporal takes a workflow that computes for 2 s for deadlocked


def begun(thread: Thread = CHANNEL) -> Conversation:
    conversation = Conversation(thread=thread, epoch="first")
    conversation.open(OPENED)
    return conversation


def message(ts: str, text: str = "hello", user: str = "U1", *, direct: bool = False) -> UserMessage:
    return UserMessage(ts=ts, user=user, text=text, direct=direct)


def said(text: str) -> Content:
    return {"role": "model", "parts": [{"text": text}]}


def calling(*names: str) -> tuple[Content, list[ToolCall]]:
    """What the model says when it asks for these tools, and the calls that are read from it."""
    parts = [{"functionCall": {"name": name, "args": {}, "id": f"call-{name}"}} for name in names]
    return {"role": "model", "parts": parts}, [ToolCall(name=name, args={}, id=f"call-{name}") for name in names]


def talk(conversation: Conversation, question: str, answer: str, *, tools: int = 0) -> None:
    """One turn: a question, so many tools one after the other, and the answer."""
    conversation.start_turn()
    conversation.add_user_messages([message("9.0", question)])
    for _ in range(tools):
        content, calls = calling("look_up")
        conversation.add_tool_results(content, calls, [{"output": "x"}])
    conversation.add_answer(said(answer))


def responses_of(entry: Content) -> list[dict[str, Any]]:
    return [part["functionResponse"] for part in entry["parts"]]


def refuse_what_gemini_refuses(entries: Sequence[Content]) -> None:
    """Raises where Gemini would for a next question after these entries; signatures are the adapter's own concern."""
    contents = [*entries, {"role": "user", "parts": [{"text": "and now?"}]}]
    request = ModelRequest(model="m", api_version="v1", streamed=False, body={"contents": contents})
    check_request(request)
    check_turns(request, Signatures())


# Messages


def test_a_message_that_arrives_again_is_received_once() -> None:
    conversation = begun()

    for ts in ("1.1", "1.2", "1.1"):
        conversation.receive(message(ts))

    assert [waiting.ts for waiting in conversation.take_messages()] == ["1.1", "1.2"]


def test_a_message_that_was_answered_before_is_not_received_again() -> None:
    conversation = begun()
    conversation.receive(message("1.1"))
    conversation.take_messages()

    conversation.receive(message("1.1"))

    assert conversation.inbox == []


def test_messages_are_taken_in_slacks_order_however_they_arrive() -> None:
    conversation = begun()

    for ts in ("1766458031.000002", "1766458031.000010", "1766458030.999999"):
        conversation.receive(message(ts))

    taken = [waiting.ts for waiting in conversation.take_messages()]
    assert taken == ["1766458030.999999", "1766458031.000002", "1766458031.000010"]


@unhurried
@given(st.lists(st.integers(0, INBOX_BYTES + 1), min_size=1, max_size=8))
def test_messages_that_are_too_much_for_one_turn_wait_for_the_next_and_none_is_lost(lengths: list[int]) -> None:
    conversation = begun()
    for index, length in enumerate(lengths):
        conversation.receive(message(f"1.{index}", "x" * length))

    turns = []
    while conversation.inbox:
        turns.append(conversation.take_messages())

    assert [one.ts for turn in turns for one in turn] == [f"1.{index}" for index in range(len(lengths))]
    assert all(len(turn) == 1 or sum(len(one.text) for one in turn) <= INBOX_BYTES for turn in turns)


def test_a_turns_messages_are_measured_in_bytes_whatever_alphabet_they_are_written_in() -> None:
    conversation = begun()
    for index in range(4):
        conversation.receive(message(f"1.{index}", "語" * (INBOX_BYTES // 4)))

    taken = conversation.take_messages()

    assert sum(len(one.text.encode()) for one in taken) <= INBOX_BYTES


def test_what_was_seen_is_remembered_for_the_newest_messages_only() -> None:
    conversation = begun()

    for number in range(SEEN_MESSAGES + 10):
        conversation.receive(message(f"{number:06d}.0"))

    assert len(conversation.seen) == SEEN_MESSAGES
    assert conversation.seen[-1] == f"{SEEN_MESSAGES + 9:06d}.0"


def test_opening_takes_answered_messages_out_of_the_inbox() -> None:
    conversation = Conversation(thread=CHANNEL, epoch="first")
    for ts in ("1.1", "1.2"):
        conversation.receive(message(ts))

    conversation.open(OPENED.model_copy(update={"answered": ["1.1"]}))

    assert [waiting.ts for waiting in conversation.inbox] == ["1.2"]


def test_a_conversation_keeps_the_model_it_began_with() -> None:
    conversation = begun()

    conversation.open(OPENED.model_copy(update={"model": "gemini-9"}))

    assert conversation.model == "gemini-3.8-flash"


# What the model reads


def test_in_a_channel_each_line_begins_with_its_authors_name() -> None:
    conversation = begun()

    conversation.add_user_messages([message("1.1", "<@UBOT> hi &amp; bye"), message("1.2", "so?", "U2")])

    assert conversation.entries == [{"role": "user", "parts": [{"text": "anna: hi & bye"}, {"text": "ben: so?"}]}]


def test_in_a_direct_message_nobody_is_named() -> None:
    conversation = begun()

    conversation.add_user_messages([message("1.1", "hi", direct=True)])

    assert conversation.entries == [{"role": "user", "parts": [{"text": "hi"}]}]


def test_in_a_terminal_the_text_is_taken_as_it_was_typed() -> None:
    conversation = begun(TERMINAL)

    conversation.add_user_messages([message("1", "is 1 &lt; 2 <@U1>?", "you")])

    assert conversation.entries == [{"role": "user", "parts": [{"text": "is 1 &lt; 2 <@U1>?"}]}]


def test_what_was_said_before_comes_first_and_is_marked_as_such() -> None:
    conversation = begun()

    conversation.add_user_messages([message("1.1", "so?")], earlier="ben: the deploy failed")

    first, second = conversation.entries[0]["parts"]
    assert "ben: the deploy failed" in first["text"]
    assert first["text"].startswith("[What was said in this thread before:]")
    assert second == {"text": "anna: so?"}


def test_names_are_asked_for_authors_and_mentions_once_and_never_for_the_bot() -> None:
    conversation = begun()

    unknown = conversation.unknown_users(
        [message("1.1", "<@UBOT> ask <@U3> and <@U2>", "U4"), message("1.2", "", "U4")]
    )

    assert unknown == ["U4", "U3"]


def test_all_results_go_back_in_one_content_in_the_order_of_the_calls_with_their_ids() -> None:
    conversation = begun()
    content, calls = calling("first", "second")

    conversation.add_tool_results(content, calls, [{"output": 1}, {"error": "no"}])

    assert conversation.entries[0] == content
    assert responses_of(conversation.entries[1]) == [
        {"id": "call-first", "name": "first", "response": {"output": 1}},
        {"id": "call-second", "name": "second", "response": {"error": "no"}},
    ]


def test_a_call_without_an_id_is_answered_without_one() -> None:
    conversation = begun()

    conversation.add_tool_results(said(""), [ToolCall(name="look_up", args={})], [{"output": 1}])

    assert responses_of(conversation.entries[1]) == [{"name": "look_up", "response": {"output": 1}}]


def test_a_result_that_is_too_large_is_replaced_by_a_sentence_for_the_model() -> None:
    conversation = begun()
    content, calls = calling("small", "large")

    conversation.add_tool_results(content, calls, [{"output": 1}, {"output": "x" * RESULTS_BYTES}])

    small, large = responses_of(conversation.entries[1])
    assert small["response"] == {"output": 1}
    assert "too large" in large["response"]["error"]


@unhurried
@given(st.lists(st.integers(0, RESULTS_BYTES), min_size=1, max_size=40))
def test_all_results_of_one_answer_together_stay_small_enough_to_be_sent(sizes: list[int]) -> None:
    conversation = begun()
    content, calls = calling(*[f"tool_{index}" for index in range(len(sizes))])

    conversation.add_tool_results(content, calls, [{"output": "x" * size} for size in sizes])

    assert sum(size_of(response["response"]) for response in responses_of(conversation.entries[1])) <= RESULTS_BYTES


# Failed turns


@pytest.mark.parametrize("poisoned", [True, False])
@pytest.mark.parametrize("asked", [0, 1, 2])
@pytest.mark.parametrize("tools", [0, 2])
def test_after_a_failed_turn_gemini_takes_the_next_question(*, poisoned: bool, asked: int, tools: int) -> None:
    conversation = begun()
    talk(conversation, "before", "yes", tools=1)
    conversation.start_turn()
    for number in range(asked):
        conversation.add_user_messages([message(f"2.{number}", "again")])
        for _ in range(tools):
            content, calls = calling("look_up")
            conversation.add_tool_results(content, calls, [{"output": 1}])

    conversation.end_failed_turn("Sorry.", poisoned=poisoned, epoch="second")

    refuse_what_gemini_refuses(conversation.entries)
    assert "functionCall" not in str(conversation.entries[4:])


def test_a_failed_turn_leaves_the_question_and_what_the_person_was_told() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    conversation.start_turn()
    conversation.add_user_messages([message("2.1", "and now?")])
    content, calls = calling("look_up")
    conversation.add_tool_results(content, calls, [{"output": 1}])

    conversation.end_failed_turn("Sorry.", poisoned=False, epoch="second")

    question = {"role": "user", "parts": [{"text": "anna: and now?"}]}
    assert conversation.entries[2:] == [question, said("Sorry.")]


def test_a_question_that_would_fail_again_is_taken_out() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    before = list(conversation.entries)
    conversation.start_turn()
    conversation.add_user_messages([message("2.1", "poison")])

    conversation.end_failed_turn("Sorry.", poisoned=True, epoch="second")

    assert conversation.entries == before


def test_a_failed_turn_makes_cached_copies_void() -> None:
    conversation = begun()
    talk(conversation, "before", "yes")
    conversation.confirm(2, 10)

    conversation.end_failed_turn("Sorry.", poisoned=True, epoch="second")

    assert conversation.epoch == "second"
    assert conversation.page(ReadTranscript(epoch="first", start=0, end=2)).stale


def test_a_turn_that_failed_before_it_heard_the_question_leaves_no_answer_without_one() -> None:
    conversation = begun()
    conversation.start_turn()

    conversation.end_failed_turn("Sorry.", poisoned=False, epoch="second")

    assert [entry["role"] for entry in conversation.entries[:1]] != ["model"]


# Pages


@unhurried
@given(st.lists(st.integers(1, 2 * PAGE_BYTES // 3), min_size=1, max_size=6))
def test_a_transcript_is_read_whole_in_pages_that_a_query_can_return(sizes: list[int]) -> None:
    conversation = begun()
    for size in sizes:
        conversation.add_answer(said("x" * size))

    read: list[Content] = []
    while len(read) < len(sizes):
        page = conversation.page(ReadTranscript(epoch="first", start=len(read), end=len(sizes)))
        assert page.entries
        assert size_of(page.entries) < 1_000_000
        read += page.entries

    assert read == conversation.entries


def test_a_page_ends_where_it_was_asked_to_end() -> None:
    conversation = begun()
    talk(conversation, "a", "b", tools=2)

    page = conversation.page(ReadTranscript(epoch="first", start=1, end=3))

    assert page.entries == conversation.entries[1:3]


# Compaction

turns = st.lists(st.tuples(st.integers(1, 2_000), st.integers(1, 2_000), st.integers(0, 3)), min_size=1, max_size=20)


@unhurried
@given(turns)
def test_older_turns_give_way_without_parting_a_call_from_its_response(drawn: list[tuple[int, int, int]]) -> None:
    conversation = begun()
    for question, answer, tools in drawn:
        talk(conversation, "q" * question, "a" * answer, tools=tools)
    recent = conversation.entries[conversation.cut() :]

    conversation.replace_older(conversation.cut(), "They said hello.", "second")

    refuse_what_gemini_refuses(conversation.entries)
    assert conversation.entries[1:] == recent
    assert is_question(recent[0])
    assert "They said hello." in conversation.entries[0]["parts"][0]["text"]
    assert (conversation.epoch, conversation.prompt_tokens) == ("second", 0)


@unhurried
@given(turns)
def test_its_size_is_always_that_of_its_entries(drawn: list[tuple[int, int, int]]) -> None:
    conversation = begun()
    for question, answer, tools in drawn:
        talk(conversation, "ü" * question, "a" * answer, tools=tools)
    sizes = [(conversation.size, sum(map(size_of, conversation.entries)))]
    conversation.replace_older(conversation.cut(), "short", "second")
    sizes.append((conversation.size, sum(map(size_of, conversation.entries))))
    conversation.start_turn()
    conversation.end_failed_turn("Sorry.", poisoned=False, epoch="third")
    sizes.append((conversation.size, sum(map(size_of, conversation.entries))))

    assert all(kept == real for kept, real in sizes)


def test_the_first_turn_alone_cannot_be_cut() -> None:
    conversation = begun()
    talk(conversation, "a", "b", tools=5)

    assert conversation.cut() == 0


def test_the_last_turn_stays_however_large_it_is() -> None:
    conversation = begun()
    talk(conversation, "a", "b")
    talk(conversation, "c", "x" * 10_000)

    assert conversation.cut() == 2


@pytest.mark.parametrize(("tokens", "size", "too_long"), [(1_001, 0, True), (1_000, 0, False), (0, 600_001, True)])
def test_a_conversation_is_too_long_by_what_the_model_counted_or_by_its_size(
    *, tokens: int, size: int, too_long: bool
) -> None:
    conversation = begun()
    conversation.confirm(0, tokens)
    conversation.size = size

    assert conversation.is_too_long(1_000) is too_long


def test_a_long_talk_in_short_messages_is_cut_well_before_temporal_takes_it_for_a_deadlock() -> None:
    conversation = begun()
    while conversation.size <= TRANSCRIPT_BYTES:
        talk(conversation, "x" * 300, "y" * 300)
    started = time.process_time()

    conversation.cut()

    assert time.process_time() - started < LONGEST_BLOCK


# What is carried over and what is stored

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
    epoch=st.text(),
    model=st.text(),
    entries=st.lists(contents, max_size=4),
    inbox=st.lists(messages, max_size=3),
    seen=st.lists(st.text(), max_size=3),
    names=st.dictionaries(st.text(), st.text(), max_size=3),
    size=st.integers(0, 10**9),
    confirmed=st.integers(0, 10**6),
    turn_start=st.integers(0, 10**6),
    prompt_tokens=st.integers(0, 10**7),
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
            "epoch": "first",
            "inbox": [{"ts": "1.1", "user": "U1", "text": "hi", "files": ["F1"]}],
            "entries": [{"role": "user", "parts": [{"text": "hi", "newField": 1}], "note": "kept"}],
            "plans": ["a", "b"],
        },
        "version": 2,
    }

    (run,) = await DATA_CONVERTER.decode(await DATA_CONVERTER.encode([newer]), [Run])

    assert run.carried.inbox == [message("1.1", "hi")]
    assert run.carried.entries == [{"role": "user", "parts": [{"text": "hi", "newField": 1}], "note": "kept"}]


async def test_what_nobody_set_takes_no_room_in_history() -> None:
    (payload,) = await DATA_CONVERTER.encode([UserMessage(ts="1.1", user="U1", text="hi")])

    assert payload.data == b'{"ts":"1.1","user":"U1","text":"hi"}'
