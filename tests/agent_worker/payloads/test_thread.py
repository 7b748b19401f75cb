"""Promises of what activities are told of a thread: one answer to the question where a turn's steps are shown."""

from __future__ import annotations

import pytest

from agent_worker.contract.messages import Thread
from agent_worker.payloads.thread import Draft, InThread, Progress, ShownStep, StepsShown

STEPS = [ShownStep(title="Looks it up", state="in_progress")]
UNPOSTED = Progress(key="1.0:progress", steps=STEPS)
POSTED = UNPOSTED.model_copy(update={"ts": "1.5"})
PERHAPS_POSTED = UNPOSTED.model_copy(update={"unsure": True})
CARDS = Draft(messages=["1.5"], streaming_since=1.5, has_cards=True)
TEXT = Draft(messages=["1.5"], streaming_since=1.5)


@pytest.mark.parametrize(
    ("progress", "draft", "shown"),
    [
        (None, Draft(), "nowhere"),
        (None, TEXT, "nowhere"),
        (UNPOSTED, Draft(), "nowhere"),
        (UNPOSTED, Draft(unsure=True), "nowhere"),
        (POSTED, Draft(), "own message"),
        (POSTED, TEXT, "own message"),
        (POSTED.model_copy(update={"unsure": True}), TEXT, "own message"),
        (PERHAPS_POSTED, TEXT, "perhaps own message"),
        (UNPOSTED, CARDS, "stream"),
        (UNPOSTED, CARDS.model_copy(update={"unsure": True}), "with the answer"),
        (UNPOSTED, TEXT, "with the answer"),
        (UNPOSTED, Draft(messages=["1.5"]), "with the answer"),
    ],
)
def test_steps_are_shown_in_one_place(progress: Progress | None, draft: Draft, shown: StepsShown) -> None:
    thread = Thread(team="T1", channel="C1", thread_ts="1.0")

    assert InThread(thread=thread, progress=progress, draft=draft).steps_shown == shown


def test_a_draft_that_may_be_wrong_is_no_stream_to_be_relied_on() -> None:
    drafts = [Draft(), Draft(messages=["1.5"]), TEXT, TEXT.model_copy(update={"unsure": True})]

    assert [draft.is_open_stream for draft in drafts] == [False, False, True, False]
