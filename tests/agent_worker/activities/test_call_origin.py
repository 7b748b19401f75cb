"""Promises of the header that names an activity: it names one attempt, and only calls of activities have it."""

from __future__ import annotations

import dataclasses

import pytest
from temporalio.testing import ActivityEnvironment

from agent_worker.activities.call_origin import HEADER, CallOrigin, header


def test_a_call_of_an_activity_names_its_run_and_its_attempt() -> None:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, workflow_id="slack:T1:C1:1.000100", workflow_run_id="a run", activity_id="7", attempt=2
    )

    written = environment.run(header)

    assert written[HEADER].isascii()
    assert CallOrigin.read(written[HEADER]) == CallOrigin("a run", "7", 2, "slack:T1:C1:1.000100")


def test_any_other_call_names_nothing() -> None:
    assert header() == {}


@pytest.mark.parametrize("text", ["", "a b", "a b no c", "a b 1 c d"])
def test_what_somebody_else_has_written_there_is_not_read(text: str) -> None:
    assert CallOrigin.read(text) is None
