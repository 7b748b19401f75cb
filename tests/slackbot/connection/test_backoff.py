"""Promises of the pauses between attempts."""

from __future__ import annotations

from slackbot.connection.backoff import Backoff


def test_pauses_grow_to_their_limit_and_start_again() -> None:
    backoff = Backoff(first=1, longest=8)

    pauses = [backoff.next() for _ in range(6)]
    backoff.reset()

    for pause, most in zip(pauses, (1, 2, 4, 8, 8, 8), strict=True):
        assert most / 2 <= pause <= most
    assert backoff.next() <= 1


def test_a_pause_is_as_long_as_the_other_side_asks_for() -> None:
    assert Backoff().next(at_least=30) == 30


def test_a_long_outage_does_not_overflow() -> None:
    backoff = Backoff(longest=30)

    assert max(backoff.next() for _ in range(5_000)) <= 30
