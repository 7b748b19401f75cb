"""Files: how they are described, who gets their bytes, and how the app uploads its own."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp import web

from emulators.slack.server import Server
from tests.support.emulators.scene import Scene, heard, refusal

NOTES = {"name": "notes.txt", "content": "hello"}


def _shared(stage: Scene, **fields: Any) -> dict[str, Any]:
    """A file that Anna shares, as her message carries it."""
    ts = stage.slack.say(stage.anna, stage.general, "read this", files=[NOTES | fields])
    (message,) = [message for message in stage.slack.messages(stage.general) if message.ts == ts]
    return message.files[0]


async def _described(stage: Scene, file_id: str) -> dict[str, Any]:
    file: dict[str, Any] = (await stage.client.files_info(file=file_id))["file"]
    return file


async def _download(stage: Scene, url: str, token: str | None = None, **options: Any) -> tuple[int, str, str]:
    headers = {"Authorization": f"Bearer {stage.slack.bot_token if token is None else token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, **options) as response:
        return response.status, response.content_type, await response.text()


async def _upload(url: str, data: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as response:
        return response.status, await response.text()


async def _begin(stage: Scene, length: int = 5, name: str = "plot.csv") -> tuple[str, str]:
    answer = await stage.client.files_getUploadURLExternal(filename=name, length=length)
    return str(answer["upload_url"]), str(answer["file_id"])


async def _uploaded(stage: Scene) -> str:
    url, file_id = await _begin(stage)
    await _upload(url, b"1,2,3")
    return file_id


async def test_a_file_is_served_to_the_token_and_hidden_behind_a_login_page_otherwise(stage: Scene) -> None:
    file = await _described(stage, _shared(stage)["id"])

    allowed = await _download(stage, file["url_private_download"])
    hidden = await _download(stage, file["url_private"], token="xoxb-wrong")

    assert allowed == (200, "text/plain", "hello")
    assert hidden[:2] == (200, "text/html")


async def test_without_the_scope_there_is_neither_a_description_nor_a_download(stage: Scene) -> None:
    file = _shared(stage)
    stage.slack.revoke("files:read")

    body = await refusal(stage.client.files_info(file=file["id"]))

    assert (body["error"], body["needed"]) == ("missing_scope", "files:read")
    assert (await _download(stage, file["url_private"]))[1] == "text/html"


async def test_each_download_is_noted_with_its_authorization(stage: Scene) -> None:
    url = _shared(stage)["url_private"]
    await _download(stage, url)
    async with aiohttp.ClientSession() as session, session.get(url):
        pass

    assert [(download.authorization, download.outcome) for download in stage.slack.downloads] == [
        (f"Bearer {stage.slack.bot_token}", "served"),
        ("", "login_page"),
    ]
    assert url.endswith(stage.slack.downloads[0].path)


async def test_a_name_may_need_quoting_in_the_address(stage: Scene) -> None:
    file = _shared(stage, name="über uns?.txt")

    assert await _download(stage, file["url_private"]) == (200, "text/plain", "hello")


async def test_a_deleted_file_leaves_a_tombstone(stage: Scene) -> None:
    file = _shared(stage)
    stage.slack.delete_file(file["id"])

    unknown = await refusal(stage.client.files_info(file="F-none"))
    deleted = await refusal(stage.client.files_info(file=file["id"]))
    events = [body["event"] for body in await heard(stage, 2)]
    (changed,) = [event["message"] for event in events if event["subtype"] == "message_changed"]

    assert (unknown["error"], deleted["error"]) == ("file_not_found", "file_deleted")
    assert (await _download(stage, file["url_private"]))[0] == 404
    assert changed["files"] == [{"id": file["id"], "mode": "tombstone"}]
    assert changed["text"] == "read this"
    assert stage.slack.messages(stage.general)[0].files == changed["files"]


async def test_of_a_hidden_file_a_message_says_only_where_to_ask(stage: Scene) -> None:
    stub = _shared(stage, hidden=True)

    file = await _described(stage, stub["id"])

    assert stub == {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}
    assert (file["name"], file["file_access"]) == ("notes.txt", "visible")
    assert await _download(stage, file["url_private"]) == (200, "text/plain", "hello")


async def test_slack_may_claim_another_size_than_the_file_has(stage: Scene) -> None:
    assert _shared(stage)["size"] == 5
    assert _shared(stage, size=10**9)["size"] == 10**9


async def test_a_download_can_be_sent_on_to_another_host(stage: Scene) -> None:
    asked: list[str | None] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization"))
        return web.Response(text="from elsewhere")

    server = Server(0, [("GET", "/there", elsewhere)])
    address = (await server.start()).replace("127.0.0.1", "localhost")
    file = _shared(stage, redirect_to=f"{address}/there")
    followed = await _download(stage, file["url_private"])
    stopped = await _download(stage, file["url_private"], allow_redirects=False)
    await server.stop()

    assert (followed[2], stopped[0]) == ("from elsewhere", 302)
    assert asked == [None]
    assert [download.outcome for download in stage.slack.downloads] == ["redirected", "redirected"]


async def test_an_unknown_fact_about_a_file_is_an_error(stage: Scene) -> None:
    with pytest.raises(ValueError, match="name"):
        _shared(stage, colour="red")
    with pytest.raises(ValueError, match="name"):
        stage.slack.say(stage.anna, stage.general, "read this", files=[{"content": "hello"}])


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
    assert await _download(stage, post.files[0]["url_private"]) == (200, "text/csv", "1,2,3")


async def test_the_bytes_may_come_as_a_form_too(stage: Scene) -> None:
    url, file_id = await _begin(stage)
    form = aiohttp.FormData()
    form.add_field("filename", b"1,2,3", filename="plot.csv")

    assert await _upload(url, form) == (200, "OK - 5")
    assert stage.slack.file_content(file_id) == b"1,2,3"


async def test_an_upload_address_takes_the_announced_bytes_once(stage: Scene) -> None:
    url, file_id = await _begin(stage)

    statuses = [(await _upload(url, data))[0] for data in (b"1", b"1,2,3", b"4,5,6")]

    assert statuses == [400, 200, 400]
    assert stage.slack.file_content(file_id) == b"1,2,3"


async def test_an_upload_needs_a_name_and_a_length(stage: Scene) -> None:
    empty = await refusal(stage.client.files_getUploadURLExternal(filename="plot.csv", length=0))
    unnamed = await refusal(stage.client.files_getUploadURLExternal(filename="", length=5))

    assert (empty["error"], unnamed["error"]) == ("missing_argument", "invalid_arguments")


async def test_an_upload_is_there_for_others_once_it_is_completed(stage: Scene) -> None:
    file_id = await _uploaded(stage)
    before = await refusal(stage.client.files_info(file=file_id))

    await stage.client.files_completeUploadExternal(files=[{"id": file_id}])
    again = await refusal(stage.client.files_completeUploadExternal(files=[{"id": file_id}]))

    assert (before["error"], again["error"]) == ("file_not_found", "file_not_found")
    assert (await _described(stage, file_id))["title"] == "plot.csv"
    assert stage.slack.messages(stage.general) == []


async def test_only_files_whose_bytes_have_come_can_be_completed(stage: Scene) -> None:
    _, file_id = await _begin(stage)

    for wanted in (file_id, "F-none", _shared(stage)["id"]):
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
