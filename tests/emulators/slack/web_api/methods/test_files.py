"""Describing files, and uploading them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.emulators.files import begin_upload, described, download, shared, upload
from tests.support.emulators.scene import Scene, refusal, scene, still_clock


async def _uploaded(stage: Scene) -> str:
    url, file_id = await begin_upload(stage)
    await upload(url, b"1,2,3")
    return file_id


async def test_the_sdk_uploads_a_file_into_a_thread(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "numbers, please")

    answer = await stage.client.files_upload_v2(
        content="1,2,3",
        filename="plot.csv",
        title="The numbers",
        channel=stage.general,
        thread_ts=root,
        initial_comment="Here they are.",
    )

    (post,) = slack.bot_posts(stage.general, root)
    assert (post.text, post.subtype, post.bot_id) == ("Here they are.", "file_share", slack.bot_id)
    assert (post.files[0]["name"], post.files[0]["title"]) == ("plot.csv", "The numbers")
    assert answer["files"] == [{"id": post.files[0]["id"], "title": "The numbers"}]
    assert slack.file_content(post.files[0]["id"]) == b"1,2,3"
    assert await download(stage, post.files[0]["url_private"]) == (200, "text/csv", "1,2,3")


async def test_an_upload_needs_a_name_and_a_length(stage: Scene) -> None:
    empty = await refusal(stage.client.files_getUploadURLExternal(filename="plot.csv", length=0))
    unnamed = await refusal(stage.client.files_getUploadURLExternal(filename="", length=5))

    assert (empty["error"], unnamed["error"]) == ("missing_argument", "invalid_arguments")


async def test_an_upload_exists_for_others_once_it_is_completed(stage: Scene) -> None:
    file_id = await _uploaded(stage)
    before = await refusal(stage.client.files_info(file=file_id))

    await stage.client.files_completeUploadExternal(files=[{"id": file_id}])
    again = await refusal(stage.client.files_completeUploadExternal(files=[{"id": file_id}]))

    assert (before["error"], again["error"]) == ("file_not_found", "file_not_found")
    assert (await described(stage, file_id))["title"] == "plot.csv"
    assert stage.slack.messages(stage.general) == []


async def test_only_files_whose_bytes_have_come_can_be_completed(stage: Scene) -> None:
    _, file_id = await begin_upload(stage)

    for wanted in (file_id, "F-none", shared(stage)["id"]):
        body = await refusal(stage.client.files_completeUploadExternal(files=[{"id": wanted}]))
        assert body["error"] == "file_not_found"


@pytest.mark.parametrize("files", [[], [{"title": "x"}], "no json", [{"id": "?"}, {"id": "?"}]])
async def test_completing_names_each_file_once(stage: Scene, files: Any) -> None:
    file_id = await _uploaded(stage)
    filled = [{"id": file_id} if entry == {"id": "?"} else entry for entry in files] if files != "no json" else files

    body = await refusal(stage.client.api_call("files.completeUploadExternal", json={"files": filled}))

    assert body["error"] == "invalid_arguments"


async def test_a_file_is_shared_only_where_the_app_is(stage: Scene) -> None:
    slack = stage.slack
    root = slack.say(stage.anna, stage.general, "root")
    reply = slack.say(stage.anna, stage.general, "reply", thread_ts=root)
    public = slack.add_channel("public", bot_is_member=False)
    private = slack.add_channel("private", is_private=True, bot_is_member=False)
    archived = slack.add_channel("archived")
    slack.archive(archived)
    places: list[tuple[dict[str, Any], str]] = [
        ({"channel_id": public}, "not_in_channel"),
        ({"channel_id": private}, "channel_not_found"),
        ({"channel_id": stage.anna}, "channel_not_found"),
        ({"channel_id": archived}, "posting_to_channel_denied"),
        ({"channel_id": stage.general, "thread_ts": reply}, "invalid_arguments"),
    ]
    file_id = await _uploaded(stage)

    for place, error in places:
        body = await refusal(stage.client.files_completeUploadExternal(files=[{"id": file_id}], **place))
        assert body["error"] == error

    await stage.client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=stage.general)
    assert len(slack.messages(stage.general)) == 3


async def test_uploading_needs_its_scope(stage: Scene) -> None:
    stage.slack.revoke("files:write")

    body = await refusal(stage.client.files_getUploadURLExternal(filename="plot.csv", length=5))

    assert (body["error"], body["needed"]) == ("missing_scope", "files:write")


async def _completed(stage: Scene, root: str) -> str:
    file_id = await _uploaded(stage)
    await stage.client.files_completeUploadExternal(
        files=[{"id": file_id, "title": "The numbers"}], channel_id=stage.general, thread_ts=root
    )
    return file_id


async def test_a_file_can_be_shared_a_moment_after_it_was_completed() -> None:
    async with scene(clock=still_clock(), share_lag=2.0, files_without_bot=True) as stage:
        root = stage.slack.say(stage.anna, stage.general, "numbers, please")
        file_id = await _completed(stage, root)
        before = await described(stage, file_id)
        stage.slack.clock.advance(2.0)
        after = await described(stage, file_id)

        (post,) = [message for message in stage.slack.thread(stage.general, root) if message.files]
        assert "shares" not in before
        assert [share["ts"] for share in after["shares"]["public"][stage.general]] == [post.ts]
        assert (post.user, post.bot_id) == (stage.slack.bot_user_id, None)


async def test_a_file_that_is_deleted_before_it_is_shared_is_never_shared() -> None:
    async with scene(clock=still_clock(), share_lag=2.0) as stage:
        root = stage.slack.say(stage.anna, stage.general, "numbers, please")
        await stage.client.files_delete(file=await _completed(stage, root))
        stage.slack.clock.advance(2.0)

        assert len(stage.slack.thread(stage.general, root)) == 1


async def test_the_app_lists_and_deletes_its_own_files_and_no_others(stage: Scene) -> None:
    root = stage.slack.say(stage.anna, stage.general, "numbers, please", files=[{"name": "mine.txt"}])
    (message,) = stage.slack.thread(stage.general, root)
    await _uploaded(stage)  # not completed: nobody can see it
    own = await _completed(stage, root)

    listed = await stage.client.files_list(user=stage.slack.bot_user_id, ts_from="1")
    refused = await refusal(stage.client.files_delete(file=message.files[0]["id"]))
    await stage.client.files_delete(file=own)
    later = await stage.client.files_list(user=stage.slack.bot_user_id)

    assert [file["id"] for file in listed["files"]] == [own]
    assert refused["error"] == "cant_delete_file"
    assert later["files"] == []
