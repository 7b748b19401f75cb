"""Promises about answers that are too long for the thread: a beginning and a file, or all of it in messages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.exceptions import ApplicationError

from agent_worker.contract.names import FEEDBACK_BUTTONS
from agent_worker.payloads.thread import Draft
from agent_worker.slack.blocks.answer_layout import IN_THE_FILE, MOST_MESSAGES
from agent_worker.slack.blocks.posts import MARKDOWN_LIMIT
from agent_worker.slack.files import upload
from agent_worker.slack.thread.leftovers import Leftovers
from emulators.slack.faults.web_api import FaultKind
from emulators.slack.state.messages import Message
from tests.support.agent_worker.settling import asked_to, buttons, posts, settled, standing, streamed
from tests.support.agent_worker.slack_stage import SlackStage, slack_stage

TEXT = "".join(f"{number} " for number in range(9_000))
ADDRESS, SHARE, POST = "files.getUploadURLExternal", "files.completeUploadExternal", "chat.postMessage"


@pytest.fixture(params=[False, True], ids=["channel", "direct"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[SlackStage]:
    async with slack_stage(direct=request.param) as stage:
        yield stage


def files(stage: SlackStage) -> list[Message]:
    return [post for post in posts(stage) if post.files]


def content(stage: SlackStage) -> str:
    (post,) = files(stage)
    return stage.slack.file_content(post.files[0]["id"]).decode()


def is_a_beginning(stage: SlackStage) -> bool:
    """Whether as many messages as may be, and then the file, hold the answer's first words, with a word about it."""
    *said, file = standing(stage)
    beginning = " ".join(said)
    words = beginning.removesuffix(IN_THE_FILE).split()
    is_true = beginning.endswith(IN_THE_FILE) and words == TEXT.split()[: len(words)] and file == ""
    return is_true and len(said) == MOST_MESSAGES


def is_whole(stage: SlackStage) -> bool:
    return " ".join(standing(stage)).split() == TEXT.split() and not files(stage)


async def test_a_long_answer_is_a_file_below_its_beginning(stage: SlackStage) -> None:
    await settled(stage, asked_to(stage, TEXT, preface="> why?\n\n"))
    await settled(stage, asked_to(stage, TEXT, preface="> why?\n\n"), is_retry=True)

    assert content(stage) == f"> why?\n\n{TEXT}"
    assert files(stage)[0].files[0]["name"] == f"answer-{stage.root.replace('.', '-')}.md"
    assert [list(buttons(post)) for post in posts(stage)] == [[], [], [FEEDBACK_BUTTONS], []]


async def test_what_fits_into_three_messages_is_no_file(stage: SlackStage) -> None:
    text = TEXT[: MOST_MESSAGES * (MARKDOWN_LIMIT - 100)]
    await settled(stage, asked_to(stage, text))

    assert " ".join(standing(stage)).split() == text.split()
    assert len(posts(stage)) == MOST_MESSAGES


async def test_what_was_shown_of_it_becomes_the_beginning(stage: SlackStage) -> None:
    draft = await streamed(stage, TEXT[:9_000], TEXT[9_000:18_000])
    await settled(stage, asked_to(stage, TEXT, draft=draft))

    assert is_a_beginning(stage)
    assert [post.ts for post in posts(stage)][:2] == draft.messages


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", "refused", "internal_error"])
@pytest.mark.parametrize("method", [ADDRESS, SHARE, POST])
async def test_a_file_is_shown_once_whatever_goes_wrong(stage: SlackStage, method: str, kind: FaultKind) -> None:
    stage.slack.faults.add(method=method, kind=kind)
    attempts = await settled(stage, asked_to(stage, TEXT))

    assert is_a_beginning(stage)
    assert content(stage) == TEXT
    assert attempts == 2


@pytest.mark.parametrize("kind", ["lost_reply", "internal_error_after_commit", None])
async def test_a_file_that_slack_shows_later_is_shown_once(kind: FaultKind | None) -> None:
    async with slack_stage(share_lag=0.7, files_without_bot=True) as stage:
        if kind is not None:
            stage.slack.faults.add(method=SHARE, kind=kind)
        await settled(stage, asked_to(stage, TEXT))
        await settled(stage, asked_to(stage, TEXT), is_retry=True)

        assert is_a_beginning(stage)
        assert content(stage) == TEXT


@pytest.mark.parametrize("kind", ["lost_reply", None])
async def test_an_answer_whose_file_is_never_shown_is_as_many_messages_as_it_takes(
    kind: FaultKind | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "SHARE_PAUSES", (0.01, 0.01))
    async with slack_stage(share_lag=None, hurried=True) as stage:
        if kind is not None:
            stage.slack.faults.add(method=SHARE, kind=kind)
        await settled(stage, asked_to(stage, TEXT))

        assert is_whole(stage)
        assert [file.deleted for file in stage.slack.backend.files.all] == [True]


async def test_a_file_that_was_given_up_is_not_shown_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "SHARE_PAUSES", (0.01, 0.01))
    async with slack_stage(share_lag=60.0, hurried=True) as stage:
        await settled(stage, asked_to(stage, TEXT))
        stage.slack.clock.advance(90.0)

        assert is_whole(stage)


async def test_an_app_that_may_not_look_at_files_trusts_slack_to_show_them(stage: SlackStage) -> None:
    stage.slack.revoke("files:read")
    await settled(stage, asked_to(stage, TEXT))

    assert is_a_beginning(stage)


async def test_where_the_app_may_not_upload_the_answer_is_as_many_messages_as_it_takes(stage: SlackStage) -> None:
    stage.slack.revoke("files:write")
    await settled(stage, asked_to(stage, TEXT))
    await settled(stage, asked_to(stage, TEXT), is_retry=True)

    assert is_whole(stage)
    assert [bool(buttons(post)) for post in posts(stage)] == [False] * (len(posts(stage)) - 1) + [True]


@pytest.mark.parametrize("draft", [Draft(), Draft(unsure=True)])
async def test_a_file_that_may_not_be_shown_here_is_not_spoken_of(stage: SlackStage, draft: Draft) -> None:
    stage.slack.faults.add(method=SHARE, kind="error", error="posting_to_channel_denied", times=None)
    await settled(stage, asked_to(stage, TEXT, draft=draft))
    await settled(stage, asked_to(stage, TEXT, draft=draft), is_retry=True)

    assert is_whole(stage)


@pytest.mark.parametrize("then", [None, POST, "chat.update"])
async def test_where_the_file_is_lost_after_its_beginning_was_posted_all_of_the_answer_is_posted(
    stage: SlackStage, then: str | None
) -> None:
    stage.slack.faults.add(method=SHARE, kind="internal_error")
    with pytest.raises(ApplicationError):
        await stage.ours.delivery.bring(asked_to(stage, TEXT), Leftovers())
    assert standing(stage)[-1].endswith(IN_THE_FILE)
    stage.slack.revoke("files:write")
    if then is not None:
        stage.slack.faults.add(method=then, kind="lost_reply")
    await settled(stage, asked_to(stage, TEXT), is_retry=True)

    assert is_whole(stage)
    assert [bool(buttons(post)) for post in posts(stage)] == [False] * (len(posts(stage)) - 1) + [True]


@pytest.mark.parametrize("posted", [1, 2, MOST_MESSAGES])
async def test_an_answer_that_was_begun_without_a_file_goes_on_without_one(stage: SlackStage, posted: int) -> None:
    stage.slack.faults.add(method=ADDRESS, kind="error", error="access_denied")
    stage.slack.faults.add(method=POST, kind="internal_error", when=lambda _: len(posts(stage)) == posted)
    attempts = await settled(stage, asked_to(stage, TEXT))

    assert is_whole(stage)
    assert attempts == 2
    assert [bool(buttons(post)) for post in posts(stage)] == [False] * (len(posts(stage)) - 1) + [True]


async def test_an_answer_does_not_wait_for_ever_for_an_address_that_takes_no_bytes(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.slack.backend.files, "receive", lambda *_: False)
    attempts = await settled(stage, asked_to(stage, TEXT))

    assert is_whole(stage)
    assert attempts == 2


async def test_where_files_cannot_be_sent_just_now_it_is_said_so(stage: SlackStage) -> None:
    stage.slack.faults.add(method=ADDRESS, kind="rate_limited", retry_after=1)

    with pytest.raises(ApplicationError) as failed:
        await stage.ours.delivery._uploads.upload("a.md", b"text")

    assert not failed.value.non_retryable
