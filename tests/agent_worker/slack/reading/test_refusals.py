"""Promises about refusals: whatever Slack answers while something is read, the model hears a sentence of ours.

Or what could be read is there all the same, or the activity is tried again. Each documented error of each method meets
a call of the tool that needs the method.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.payloads.errors import SLACK_UNAVAILABLE
from agent_worker.slack.reading.workspace import SEARCH_SCOPE
from agent_worker.toolbox.sources import Sourced
from agent_worker.toolbox.tool import ToolError
from tests.support.agent_worker.reading_stage import ReadingStage, reading_stage
from tests.support.agent_worker.refusals import PASSING, errors_of

Reading = Callable[[ReadingStage], Awaitable[Sourced]]


@pytest.fixture
async def stage() -> AsyncIterator[ReadingStage]:
    async with reading_stage() as stage:
        stage.slack.grant(SEARCH_SCOPE)
        yield stage


async def _channel(stage: ReadingStage) -> Sourced:
    other, _ = stage.public("news", stage.anna)
    return await stage.view().read_channel(other, "", "", 10)


async def _named_channel(stage: ReadingStage) -> Sourced:
    stage.public("news", stage.anna)
    return await stage.view().read_channel("#news", "", "", 10)


async def _private_channel(stage: ReadingStage) -> Sourced:
    secret, _ = stage.private("secret", stage.anna)
    return await stage.view(thread=stage.direct(stage.anna)).read_channel(secret, "", "", 10)


async def _thread(stage: ReadingStage) -> Sourced:
    other, ts = stage.public("news", stage.anna)
    return await stage.view().read_thread(stage.link(other, ts))


async def _people(stage: ReadingStage) -> Sourced:
    return await stage.view(thread=stage.direct(stage.anna)).find_people("anna", "")


async def _channels(stage: ReadingStage) -> Sourced:
    return await stage.view(thread=stage.direct(stage.anna)).find_channels("general")


async def _search(stage: ReadingStage) -> Sourced:
    stage.public("news", stage.anna, text="the invoice")
    token = stage.slack.backend.action_tokens.new(stage.anna)
    return await stage.view(token=token).search_messages("invoice", "", "")


CALLS: list[tuple[str, Reading]] = [
    ("conversations.info", _channel),
    ("conversations.history", _channel),
    ("conversations.members", _channel),
    ("conversations.members", _private_channel),
    ("users.conversations", _named_channel),
    ("users.info", _channel),
    ("conversations.replies", _thread),
    ("users.list", _people),
    ("conversations.list", _channels),
    ("users.conversations", _channels),
    ("assistant.search.context", _search),
    ("conversations.info", _search),
]
ROWS = [(method, read, error) for method, read in CALLS for error in errors_of(method)]


@pytest.mark.parametrize(("method", "read", "error"), ROWS, ids=lambda value: getattr(value, "__name__", value))
async def test_whatever_slack_answers_the_model_hears_a_sentence_of_ours(
    stage: ReadingStage, method: str, read: Reading, error: str
) -> None:
    stage.slack.faults.add(method=method, kind="error", error=error, times=None)

    told, away = "", None
    try:
        told = json.dumps((await read(stage)).result)
    except ToolError as refused:
        told = str(refused)
    except ApplicationError as failure:
        away = failure

    assert error not in told
    if away is not None:
        assert (away.type, away.non_retryable) == (SLACK_UNAVAILABLE, False)
    elif not told.startswith("{"):
        assert told.endswith(".")
        assert error not in PASSING, "what passes by itself is tried again"
