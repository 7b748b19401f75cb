"""Promises about what is erased: exactly what was named."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import Thread
from agent_worker.erasure.targets import DirectMessages, Message, Target, holds, read

ROOT, REPLY = "1766458026.240809", "1766458031.859009"
LINK = "https://acme.slack.com/archives/C1/p1766458031859009"


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["U0ABC"], DirectMessages("U0ABC")),
        (["C1", ROOT], Message("C1", ROOT)),
        ([LINK], Message("C1", REPLY)),
        ([f"{LINK}?thread_ts={ROOT}&cid=C1"], Message("C1", REPLY, ROOT)),
    ],
)
def test_it_is_named_as_slack_names_it(words: list[str], target: Target) -> None:
    assert read(words) == target


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["C1"],
        ["U1", "U2"],
        ["C1", "1766458026"],
        ["ftp://acme.slack.com/archives/C1/p1766458031859009"],
        ["https://acme.slack.com/archives/C1/p1"],
        [f"{LINK}?thread_ts=' OR 1=1"],
        ["https://["],
        ["\u0661.000000"],
    ],
)
def test_anything_else_names_nothing(words: list[str]) -> None:
    assert read(words) is None


def test_a_message_is_held_by_the_conversation_of_its_thread_alone() -> None:
    thread = Thread(team="T1", channel="C1", thread_ts=ROOT)

    assert holds(Message("C1", REPLY, ROOT), thread, ())
    assert holds(Message("C1", ROOT), thread, ())
    assert not holds(Message("C1", REPLY), thread, ())
    assert not holds(Message("C2", ROOT), thread, ())


def test_a_persons_direct_messages_are_those_in_their_own_channels() -> None:
    own, other = (Thread(team="T1", channel=channel, thread_ts=ROOT) for channel in ("D1", "D2"))

    assert holds(DirectMessages("U1"), own, {"D1", "C1"})
    assert not holds(DirectMessages("U1"), other, {"D1", "C1"})
    assert not holds(DirectMessages("U1"), Thread(team="T1", channel="C1", thread_ts=ROOT), {"D1", "C1"})
