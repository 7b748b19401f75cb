"""Who gets the bytes of a file, and how the app sends its own."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from emulators.server import Server
from tests.support.emulators.files import begin_upload, described, download, shared, upload
from tests.support.emulators.scene import Scene, refusal


async def test_a_file_is_served_to_the_token_and_hidden_behind_a_login_page_otherwise(stage: Scene) -> None:
    file = await described(stage, shared(stage)["id"])

    allowed = await download(stage, file["url_private_download"])
    hidden = await download(stage, file["url_private"], token="xoxb-wrong")

    assert allowed == (200, "text/plain", "hello")
    assert hidden[:2] == (200, "text/html")


async def test_without_the_scope_there_is_neither_a_description_nor_a_download(stage: Scene) -> None:
    file = shared(stage)
    stage.slack.revoke("files:read")

    body = await refusal(stage.client.files_info(file=file["id"]))

    assert (body["error"], body["needed"]) == ("missing_scope", "files:read")
    assert (await download(stage, file["url_private"]))[1] == "text/html"


async def test_each_download_is_noted_with_its_authorization(stage: Scene) -> None:
    url = shared(stage)["url_private"]
    await download(stage, url)
    async with aiohttp.ClientSession() as session, session.get(url):
        pass

    assert [(download.authorization, download.outcome) for download in stage.slack.downloads] == [
        (f"Bearer {stage.slack.bot_token}", "served"),
        ("", "login_page"),
    ]
    assert url.endswith(stage.slack.downloads[0].path)


async def test_a_name_may_need_quoting_in_the_address(stage: Scene) -> None:
    file = shared(stage, name="über uns?.txt")

    assert await download(stage, file["url_private"]) == (200, "text/plain", "hello")


async def test_a_download_can_be_sent_on_to_another_host(stage: Scene) -> None:
    asked: list[str | None] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization"))
        return web.Response(text="from elsewhere")

    server = Server(0, [("GET", "/there", elsewhere)])
    address = (await server.start()).replace("127.0.0.1", "localhost")
    file = shared(stage, redirect_to=f"{address}/there")
    followed = await download(stage, file["url_private"])
    stopped = await download(stage, file["url_private"], allow_redirects=False)
    await server.stop()

    assert (followed[2], stopped[0]) == ("from elsewhere", 302)
    assert asked == [None]
    assert [download.outcome for download in stage.slack.downloads] == ["redirected", "redirected"]


async def test_the_bytes_may_come_as_a_form_too(stage: Scene) -> None:
    url, file_id = await begin_upload(stage)
    form = aiohttp.FormData()
    form.add_field("filename", b"1,2,3", filename="plot.csv")

    assert await upload(url, form) == (200, "OK - 5")
    assert stage.slack.file_content(file_id) == b"1,2,3"


async def test_an_upload_address_takes_bytes_of_the_announced_length_once(stage: Scene) -> None:
    url, file_id = await begin_upload(stage)

    statuses = [(await upload(url, data))[0] for data in (b"1", b"1,2,3", b"4,5,6")]

    assert statuses == [400, 200, 400]
    assert stage.slack.file_content(file_id) == b"1,2,3"
