"""Promises to what people write: received once, in order, as it reads in the end, and bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_worker.contract.messages import NO_MOMENT, MessageChange, StopRequest, UserMessage
from agent_worker.conversation.conversation import Conversation
from agent_worker.conversation.inbox import (
    AHEAD_BYTES,
    BATCH_BYTES,
    CARRIED_BYTES,
    CHANGES_AHEAD,
    OVERHEARD,
    SEEN_MESSAGES,
)
from agent_worker.conversation.transcript.transcript import Transcript
from agent_worker.payloads.storage_limits import size_of
from tests.support.agent_worker.rehearsal import told
from tests.support.agent_worker.talks import CHANNEL, begun, message, unhurried

# What arrives


def test_a_message_that_arrives_again_is_received_once() -> None:
    conversation = begun()

    for ts in ("1.1", "1.2", "1.1"):
        conversation.receive(message(ts))

    assert [waiting.ts for waiting in conversation.inbox.take()] == ["1.1", "1.2"]


def test_a_message_that_was_answered_before_is_not_received_again() -> None:
    conversation = begun()
    conversation.receive(message("1.1"))
    conversation.inbox.take()

    conversation.receive(message("1.1"))

    assert conversation.inbox.messages == []


def addressed(ts: str, addressed_at: str) -> UserMessage:
    return message(ts).model_copy(update={"addressed_at": addressed_at})


def test_only_what_was_not_for_the_agent_before_is_newly_addressed_by_an_edit() -> None:
    inbox = begun().inbox
    for waiting in (message("1.1"), message("1.2").model_copy(update={"addressed": False})):
        inbox.add(inbox.accept(waiting) or waiting)
    inbox.change(MessageChange(ts="1.3", at="1.4", deleted=True))

    found = [ts for ts in ("1.1", "1.2", "1.3", "1.5") if inbox.is_newly_addressed(addressed(ts, "2.0"))]

    assert found == ["1.2"]


def test_an_edit_that_a_turn_has_read_is_not_taken_up_again() -> None:
    conversation = begun()
    conversation.receive(message("1.2", user="U2").model_copy(update={"addressed": False}))
    conversation.inbox.take()
    conversation.inbox.overheard = ["1.2"]  # the policy of this conversation answers every reply

    conversation.add_changes([MessageChange(ts="1.2", at="1.9", text="where is Oslo?")])

    same, later = (addressed("1.2", "2.0").model_copy(update={"text": text}) for text in ("where is Oslo?", "and now?"))
    assert not conversation.inbox.is_newly_addressed(same)
    assert conversation.inbox.is_newly_addressed(later)


def test_what_an_edit_addresses_was_asked_at_the_moment_of_the_edit() -> None:
    conversation = begun()
    conversation.receive(message("1.1").model_copy(update={"addressed": False, "user": "U2"}))
    conversation.stop(StopRequest(at="1.5", user="U1"))

    conversation.readdress(addressed("1.1", "2.0"), None)

    assert [one.addressed_at for one in conversation.inbox.messages] == ["2.0"]
    assert conversation.inbox.stopped == []


def test_a_stop_without_a_moment_takes_what_was_received_and_leaves_what_comes_then() -> None:
    conversation = begun()
    for ts in ("1766458031.632339", "1766458031.632340"):
        conversation.receive(message(ts))

    conversation.stop(conversation.with_moment(StopRequest(at=NO_MOMENT, user="U1"), None))
    conversation.receive(message("1766458031.632342"))

    assert [one.ts for one in conversation.inbox.stopped] == ["1766458031.632339", "1766458031.632340"]


def test_a_stop_without_a_moment_where_nothing_is_asked_stops_nothing_later() -> None:
    conversation = begun()

    conversation.stop(conversation.with_moment(StopRequest(at=NO_MOMENT, user="U1"), None))
    conversation.receive(message("1.1"))

    assert conversation.inbox.stopped == []


def test_a_form_that_was_opened_before_a_stop_and_sent_after_it_is_not_stopped() -> None:
    conversation = begun()
    conversation.stop(StopRequest(at="1.5", user="U1"))

    conversation.receive(message("1.2").model_copy(update={"unseen": True}))

    assert conversation.inbox.stopped == []


def test_messages_are_taken_in_slacks_order_however_they_arrive() -> None:
    conversation = begun()

    for ts in ("1766458031.000002", "1766458031.000010", "1766458030.999999"):
        conversation.receive(message(ts))

    taken = [waiting.ts for waiting in conversation.inbox.take()]
    assert taken == ["1766458030.999999", "1766458031.000002", "1766458031.000010"]


@unhurried
@given(st.lists(st.integers(0, BATCH_BYTES + 1), min_size=1, max_size=8))
def test_messages_that_are_too_much_for_one_turn_wait_for_the_next_and_none_is_lost(lengths: list[int]) -> None:
    conversation = begun()
    for index, length in enumerate(lengths):
        conversation.receive(message(f"1.{index}", "x" * length))

    turns = []
    while conversation.inbox.messages:
        turns.append(conversation.inbox.take())

    assert [one.ts for turn in turns for one in turn] == [f"1.{index}" for index in range(len(lengths))]
    assert all(len(turn) == 1 or sum(len(one.text) for one in turn) <= BATCH_BYTES for turn in turns)


def test_a_turns_messages_are_measured_in_bytes_whatever_alphabet_they_are_written_in() -> None:
    conversation = begun()
    for index in range(4):
        conversation.receive(message(f"1.{index}", "語" * (BATCH_BYTES // 4)))

    taken = conversation.inbox.take()

    assert sum(len(one.text.encode()) for one in taken) <= BATCH_BYTES


def test_what_was_seen_is_remembered_for_the_newest_messages_only() -> None:
    conversation = begun()

    for number in range(SEEN_MESSAGES + 10):
        conversation.receive(message(f"{number:06d}.0"))

    assert len(conversation.inbox.seen) == SEEN_MESSAGES
    assert conversation.inbox.seen[-1] == f"{SEEN_MESSAGES + 9:06d}.0"


def test_opening_takes_answered_messages_out_of_the_inbox() -> None:
    conversation = Conversation(thread=CHANNEL, transcript=Transcript(epoch="first"))
    for ts in ("1.1", "1.2"):
        conversation.receive(message(ts))

    conversation.open(told(answered=["1.1"]))

    assert [waiting.ts for waiting in conversation.inbox.messages] == ["1.2"]


# What people take back


def overheard(ts: str, text: str = "not for you") -> UserMessage:
    return message(ts, text).model_copy(update={"addressed": False})


def begun_among_several() -> Conversation:
    conversation = Conversation(thread=CHANNEL, transcript=Transcript(epoch="first"))
    conversation.open(told(thread_replies="auto", people=["U1", "U2"]))
    return conversation


def test_what_is_only_overheard_asks_for_no_turn_and_is_taken_with_what_does() -> None:
    conversation = begun_among_several()
    conversation.receive(overheard("1.1"))
    assert not conversation.has_work

    conversation.receive(message("1.2"))

    assert conversation.has_work
    assert [one.ts for one in conversation.inbox.take()] == ["1.1", "1.2"]


def test_of_what_is_overheard_the_newest_is_kept_and_nothing_that_is_asked_gets_lost() -> None:
    conversation = begun_among_several()
    conversation.receive(message("1.000"))
    for number in range(1, OVERHEARD + 6):
        conversation.receive(overheard(f"1.{number:03}"))

    assert conversation.inbox.waiting == sum(size_of(one.text) for one in conversation.inbox.messages)
    kept = [one.ts for one in conversation.inbox.take()]
    assert kept == ["1.000", *(f"1.{number:03}" for number in range(6, OVERHEARD + 6))]
    assert conversation.inbox.waiting == 0


def test_what_turns_out_not_to_be_for_the_agent_waits_in_its_place() -> None:
    conversation = begun_among_several()
    conversation.receive(message("1.2"))

    conversation.inbox.put_back([message("1.1")])

    assert [(one.ts, one.addressed) for one in conversation.inbox.take()] == [("1.1", False), ("1.2", True)]


def test_a_stop_takes_what_was_asked_before_it_and_leaves_the_rest() -> None:
    conversation = begun()
    for ts in ("1.1", "1.2", "1.9"):
        conversation.receive(message(ts))

    assert conversation.stop(StopRequest(at="1.5", user="U1"))

    assert [one.ts for one in conversation.inbox.drop_stopped()] == ["1.1", "1.2"]
    assert [one.ts for one in conversation.inbox.messages] == ["1.9"]


def test_an_older_stop_that_comes_later_stops_no_less_and_no_more() -> None:
    conversation = begun()
    conversation.stop(StopRequest(at="1.5", user="U1"))
    conversation.stop(StopRequest(at="1.1", user="U1"))

    conversation.receive(message("1.3"))

    assert [one.ts for one in conversation.inbox.drop_stopped()] == ["1.3"]


def test_a_message_deleted_before_it_arrives_is_not_received() -> None:
    conversation = begun()

    conversation.inbox.change(MessageChange(ts="1.1", at="1.5", deleted=True))
    conversation.receive(message("1.1"))

    assert conversation.inbox.messages == []


def test_a_message_edited_before_it_arrives_is_received_as_it_reads_in_the_end() -> None:
    conversation = begun()

    conversation.inbox.change(MessageChange(ts="1.1", at="1.7", text="second"))
    conversation.inbox.change(MessageChange(ts="1.1", at="1.5", text="first"))
    for ts in ("1.1", "1.2"):
        conversation.receive(message(ts))

    assert [one.text for one in conversation.inbox.messages] == ["second", message("1.2").text]
    assert conversation.inbox.ahead == []


def test_edits_of_messages_that_never_come_do_not_pile_up() -> None:
    conversation = begun()

    for number in range(10 * CHANGES_AHEAD):
        conversation.inbox.change(MessageChange(ts=f"1.{number}", at="2.0", text="edited"))

    assert len(conversation.inbox.ahead) == CHANGES_AHEAD


def test_one_persons_edits_do_not_push_out_those_of_another() -> None:
    conversation = begun()
    conversation.inbox.change(MessageChange(ts="1.1", at="1.5", text="as ben means it", user="U2"))

    for number in range(10 * CHANGES_AHEAD):
        conversation.inbox.change(MessageChange(ts=f"2.{number}", at="3.0", text="edited", user="U1"))
    conversation.receive(message("1.1", user="U2"))

    assert conversation.inbox.messages[-1].text == "as ben means it"


def test_large_edits_that_come_ahead_stay_small_enough_for_the_next_run_whoever_sends_them() -> None:
    conversation = begun()
    conversation.inbox.change(MessageChange(ts="1.1", at="1.5", text="as ben means it", user="U2"))

    for number in range(CHANGES_AHEAD):
        conversation.inbox.change(MessageChange(ts=f"2.{number}", at="3.0", text="x" * 100_000, user="U1"))

    assert sum(size_of(change.text) for change in conversation.inbox.ahead) <= AHEAD_BYTES
    assert "U2" in {change.user for change in conversation.inbox.ahead}


def test_only_the_newest_edit_of_a_message_is_kept_in_whatever_order_they_come() -> None:
    conversation = begun()
    for at in ("1.6", "1.8", "1.7"):
        conversation.inbox.change(MessageChange(ts="1.1", at=at, text=f"of {at}", user="U1"))

    assert [change.text for change in conversation.inbox.ahead] == ["of 1.8"]


def test_of_too_much_that_waits_the_oldest_is_carried_over_and_the_rest_says_that_it_was_left_out() -> None:
    conversation = begun()
    for number in range(40):
        conversation.receive(message(f"1.{number:02d}", "x" * 100_000))

    conversation.inbox.leave_out()

    waiting = conversation.inbox.messages
    assert conversation.inbox.waiting < CARRIED_BYTES + 40 * 100
    assert [one.ts for one in waiting] == [f"1.{number:02d}" for number in range(40)]
    assert [one.left_out for one in waiting] == [number >= 2 for number in range(40)]
