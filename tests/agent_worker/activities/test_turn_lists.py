"""One turn sees one list of tools, and the next turn sees what has changed."""

from __future__ import annotations

from agent_worker.activities import turn_lists
from agent_worker.activities.turn_lists import TurnLists
from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Author, Draft, InThread


def of_turn(turn: str, channel: str = "C1") -> InThread:
    thread = Thread(team="T1", channel=channel, thread_ts="1.0")
    return InThread(thread=thread, turn=turn, draft=Draft(), audience=Author(id="U1"))


def test_a_turn_keeps_the_list_that_it_began_with() -> None:
    lists = TurnLists()
    before, after = [{"name": "before"}], [{"name": "after"}]

    assert lists.of(of_turn("1.0"), "v1", lambda: before) == before
    assert lists.of(of_turn("1.0"), "v1", lambda: after) == before
    assert lists.of(of_turn("2.0"), "v1", lambda: after) == after
    assert lists.of(of_turn("1.0", channel="C2"), "v1", lambda: after) == after


def test_a_turn_that_begins_anew_with_another_version_of_its_agent_has_another_list() -> None:
    """Its first model call has failed, and a tool was taken away before it was tried again."""
    lists = TurnLists()
    lists.of(of_turn("1.0"), "v1", lambda: [{"name": "taken_away"}])

    assert lists.of(of_turn("1.0"), "v2", list) == []


def test_only_so_many_turns_are_remembered() -> None:
    lists = TurnLists()

    for number in range(turn_lists.REMEMBERED * 2):
        lists.of(of_turn(f"{number}.0"), "v1", list)

    assert len(lists._lists) == turn_lists.REMEMBERED
