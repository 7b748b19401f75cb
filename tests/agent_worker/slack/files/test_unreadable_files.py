"""Promises about files that cannot be used: the model gets a sentence about them, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import HttpUrl, SecretStr

from agent_worker.contract.messages import SlackFile
from agent_worker.payloads.model import FILE_PART, Content
from agent_worker.slack.api import SlackApi
from agent_worker.slack.files.contents import LARGEST_FILE
from agent_worker.slack.files.reader import MOST_FILES, SlackFiles
from agent_worker.slack.rate_limits import SlackBudget
from tests.support.agent_worker.sharing import (
    NOTES,
    PICTURE,
    PNG,
    TURN,
    change,
    filled,
    ids,
    made_of,
    named,
    picture,
    shared,
    unreadable,
)
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as stage:
        yield stage


@pytest.mark.parametrize("file", [{"name": "a.zip"}, {"name": "a.gif"}, {"name": "a", "mimetype": "audio/mpeg"}])
async def test_a_file_of_another_kind_is_said_to_be_one_and_not_fetched(
    stage: SlackStage, file: dict[str, Any]
) -> None:
    (part,) = await made_of(stage, file | {"content": b"bytes"})

    assert '"unreadable":"only text, PDF, PNG, JPEG, WebP and HEIC files can be, and this is' in part["text"]
    assert stage.slack.downloads == []


@pytest.mark.parametrize("file", [{"name": "a.png", "content": b"text"}, {"name": "a.txt", "content": b"MZ\0\1"}])
async def test_a_file_that_is_not_what_its_name_says_is_not_sent(stage: SlackStage, file: dict[str, Any]) -> None:
    assert await made_of(stage, file) == unreadable(file["name"], "what is in it is not what its name says")


async def test_an_empty_file_is_said_to_be_empty(stage: SlackStage) -> None:
    assert await made_of(stage, PICTURE | {"content": b""}) == unreadable("chart.png", "it is empty")


async def test_a_file_that_is_too_large_is_not_even_fetched(stage: SlackStage) -> None:
    assert await made_of(stage, PICTURE | {"size": 34_000_000}) == unreadable(
        "chart.png", "it is too large (it has 34.0 MB, and at most 14 MB can be read)"
    )
    assert stage.slack.downloads == []


async def test_a_file_that_is_larger_than_slack_says_is_not_read_to_its_end(stage: SlackStage) -> None:
    data = PNG.ljust(LARGEST_FILE + 1_000_000, b"\0")

    (part,) = await made_of(stage, PICTURE | {"content": data, "size": 5})

    assert part["text"].startswith('{"file":"chart.png","unreadable":"it is too large')


async def test_a_deleted_file_is_said_to_be_gone(stage: SlackStage) -> None:
    content = shared(stage, NOTES)
    stage.slack.delete_file(*ids(content))

    assert await filled(stage, content) == [[content["parts"][0], *unreadable("notes.txt", "it has been deleted")]]


async def test_a_file_that_slack_does_not_know_is_said_to_be_gone(stage: SlackStage) -> None:
    content: Content = {"role": "user", "parts": [{FILE_PART: SlackFile(id="F-none", name="a.txt").model_dump()}]}

    assert await filled(stage, content) == [unreadable("a.txt", "it has been deleted")]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"mode": "tombstone"}, "it has been deleted"),
        ({"file_access": "file_not_found"}, "it has been deleted"),
        ({"mode": "hidden_by_limit"}, "it is hidden because of the limits of this workspace's Slack plan"),
        ({"mode": "external"}, "it is kept outside Slack"),
        ({"is_external": True}, "it is kept outside Slack"),
        ({"file_access": "access_denied"}, "Slack does not show it to the app"),
        ({"url_private": "", "url_private_download": ""}, "Slack does not show it to the app"),
    ],
)
async def test_why_slack_does_not_give_out_a_file_is_said(
    stage: SlackStage, facts: dict[str, Any], reason: str
) -> None:
    content = shared(stage, NOTES)
    change(stage, *ids(content), **facts)

    assert (await filled(stage, content))[0][1:] == unreadable("notes.txt", reason)
    assert stage.slack.downloads == []


async def test_without_the_scope_it_is_said_that_the_app_may_not(stage: SlackStage) -> None:
    stage.slack.revoke("files:read")

    assert await made_of(stage, NOTES) == unreadable(
        "notes.txt", "the app is not permitted to read files in this workspace"
    )


@pytest.mark.parametrize("error", ["access_denied", "not_visible"])
async def test_a_file_that_slack_hides_from_the_app_is_said_to_be_hidden(stage: SlackStage, error: str) -> None:
    stage.slack.faults.add(method="files.info", kind="error", error=error)

    assert await made_of(stage, NOTES) == unreadable("notes.txt", "Slack does not show it to the app")


@pytest.mark.parametrize("file", [NOTES, {"name": "page.html", "content": "<p>hello</p>"}])
async def test_the_login_page_is_not_taken_for_the_file(stage: SlackStage, file: dict[str, Any]) -> None:
    content = shared(stage, file)
    async with httpx.AsyncClient() as http:
        api, slack = SlackApi(stage.client, SlackBudget()), HttpUrl(stage.slack.api_url)
        files = SlackFiles(api, http, SecretStr("xoxb-wrong"), slack)
        (got,) = await files.filled([content], TURN)

    assert got["parts"][1:] == unreadable(file["name"], "the app is not permitted to read files in this workspace")
    assert [download.outcome for download in stage.slack.downloads] == ["login_page"]


async def test_only_the_newest_files_of_a_conversation_are_read(stage: SlackStage) -> None:
    names = [f"{number}.txt" for number in range(MOST_FILES + 1)]

    first, *others = await made_of(stage, *({"name": name, "content": "hello"} for name in names))

    assert [first] == unreadable("0.txt", f"only the newest {MOST_FILES} files of a conversation are read")
    assert others == [named(name, content="hello") for name in names[1:]]
    assert stage.calls("files.info") == MOST_FILES


async def test_what_does_not_fit_into_one_request_beside_newer_files_is_left_out(stage: SlackStage) -> None:
    large = PNG.ljust(5_000_000, b"\0")
    contents = [shared(stage, {"name": f"{number}.png", "content": large}) for number in range(3)]
    others: Content = {"role": "user", "parts": [{"text": "я" * 1_000_000}]}

    oldest, middle, newest, _ = await stage.ours.files.filled([*contents, others], TURN)

    reason = "together with the newer files it is more than can be read at once"
    assert oldest["parts"][1:] == unreadable("0.png", reason)
    assert middle["parts"][1:] == unreadable("1.png", reason)
    assert newest["parts"][2] == picture(large)
