"""The page serves itself, to its own origin and to nobody else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from playground.page import site
from tests.support.playground.visiting import Scene

PATHS = (
    "/",
    "/page/live",
    "/page/inside?channel=C1&thread_ts=1.0",
    "/page/inside/step?channel=C1&thread_ts=1.0&run_id=a&step=1",
    "/page/file/F1?user=U1",
    "/page/scripts/app.js",
)


async def answer(stage: Scene, path: str, method: str = "GET", **options: Any) -> aiohttp.ClientResponse:
    address = URL(f"{stage.slack.url}{path}", encoded=True)
    async with aiohttp.ClientSession() as session, session.request(method, address, **options) as response:
        if response.content_type != "text/event-stream":
            await response.read()
        return response


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:PORT"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
    ids=[
        "another site",
        "a sandboxed page",
        "a name that points here",
        "a picture elsewhere",
        "another port",
        "a frame",
    ],
)
async def test_nobody_else_is_served(stage: Scene, headers: dict[str, str]) -> None:
    port = stage.slack.url.rpartition(":")[2]
    headers = {name: value.replace("PORT", port) for name, value in headers.items()}
    answers = [await answer(stage, path, headers=headers) for path in PATHS]
    said = {"user": stage.anna, "channel": stage.general, "text": "hello"}
    answers += [await answer(stage, "/page/do/say", "POST", json=said, headers=headers)]
    answers += [await answer(stage, "/page/break/close_socket", "POST", json={}, headers=headers)]

    assert [one.status for one in answers] == [403] * len(answers)
    assert stage.slack.messages(stage.general) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
    ids=["a tool", "the page", "a link"],
)
async def test_the_page_itself_is_served_and_so_is_who_follows_a_link(stage: Scene, headers: dict[str, str]) -> None:
    own = headers | {"Origin": stage.slack.url} if headers.get("Sec-Fetch-Site") == "same-origin" else headers

    assert (await answer(stage, "/page/live", headers=own)).status == 200


async def test_what_comes_from_elsewhere_may_not_run_in_the_page(stage: Scene) -> None:
    live, nothing = await answer(stage, "/page/live"), await answer(stage, "/page/nothing.js")

    assert (live.status, nothing.status) == (200, 404)
    for response in (live, nothing):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_files_of_the_page_are_served_and_no_others(
    stage: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    static = tmp_path / "static"
    (static / "scripts").mkdir(parents=True)
    (static / "index.html").write_text("<!DOCTYPE html><title>Here</title>")
    (static / "scripts" / "app.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")
    (static / "scripts" / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(site, "STATIC", static)

    index, script = await answer(stage, "/"), await answer(stage, "/page/scripts/app.js")
    absolute = f"/page/{quote(str(tmp_path / 'secret.txt'), safe='')}"
    # Encoded, because a client takes ".." out of an address that it understands.
    outside = [
        await answer(stage, path)
        for path in (
            "/page/%2e%2e/secret.txt",
            "/page/..%2fsecret.txt",
            "/page/scripts/%2e%2e/%2e%2e/secret.txt",
            "/page/scripts%2f..%2f..%2fsecret.txt",
            "/page/scripts/link.txt",
            "/page/scripts",
            absolute,
        )
    ]

    assert (index.status, index.content_type, script.status) == (200, "text/html", 200)
    assert script.content_type == "text/javascript"
    assert script.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in index.headers["Content-Security-Policy"]
    assert [one.status for one in outside] == [404] * len(outside)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/page/scripts/interface/dom.js", "text/javascript"),
        ("/page/styles/colours.css", "text/css"),
        ("/page/vendor/marked.esm.js", "text/javascript"),
        ("/page/fonts/inter.woff2", "font/woff2"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
async def test_browsers_are_told_what_kind_of_file_they_get(stage: Scene, path: str, content_type: str) -> None:
    served = await answer(stage, path)

    assert (served.status, served.content_type) == (200, content_type)


async def test_a_file_is_there_for_those_who_see_its_message(stage: Scene) -> None:
    picture = {"name": "a picture.png", "mimetype": "image/png", "content": b"\x89PNG"}
    ts = stage.slack.say(stage.anna, stage.secret, "look", files=[picture])
    file_id = stage.slack.messages(stage.secret)[0].files[0]["id"]

    for_anna = await answer(stage, f"/page/file/{file_id}?user={stage.anna}")
    for_ben = await answer(stage, f"/page/file/{file_id}?user={stage.ben}")
    stage.slack.delete(stage.secret, ts)
    deleted = await answer(stage, f"/page/file/{file_id}?user={stage.anna}")

    assert (for_anna.status, for_anna.content_type, for_anna.content_length) == (200, "image/png", 4)
    assert for_anna.headers["Content-Disposition"] == 'inline; filename="a picture.png"'
    assert (for_ben.status, deleted.status) == (404, 404)


async def test_a_file_that_could_run_in_the_page_is_only_saved(stage: Scene) -> None:
    page = {"name": 'x";\r\n.html', "mimetype": "text/html", "content": "<script>alert(1)</script>"}
    stage.slack.say(stage.anna, stage.general, "look", files=[page])
    file_id = stage.slack.messages(stage.general)[0].files[0]["id"]

    response = await answer(stage, f"/page/file/{file_id}?user={stage.ben}")

    assert (response.status, response.content_type) == (200, "application/octet-stream")
    assert response.headers["Content-Disposition"] == 'attachment; filename="x____.html"'
    assert "sandbox" in response.headers["Content-Security-Policy"]
