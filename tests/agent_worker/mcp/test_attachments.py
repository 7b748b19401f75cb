"""Pictures, sounds and files of results: shown where they can be, named otherwise, never in the result."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from mcp.types import CallToolResult

from agent_worker.mcp.attachments import LONGEST_TEXT, MOST_FILES, attached
from agent_worker.mcp.results import read_result
from agent_worker.mcp.secrets import Secrets
from tests.support.agent_worker.attaching import Shelf

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\npixels").decode()
SECRETS = Secrets(["secret-4711"])


async def read(shelf: Shelf, *content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    result = CallToolResult.model_validate({"content": content, **fields})
    return read_result("odd", result, await attached(result.content, shelf.attach, SECRETS), SECRETS)


def picture(data: str = PNG, mimetype: str = "image/png") -> dict[str, Any]:
    return {"type": "image", "data": data, "mimeType": mimetype}


def resource(uri: str, **fields: str) -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, **fields}}


async def test_pictures_files_and_long_texts_are_shown_and_named_in_their_places() -> None:
    shelf, long = Shelf(), "word " * LONGEST_TEXT

    result = await read(
        shelf,
        {"type": "text", "text": "before"},
        picture(),
        resource("file:///reports/may%20report.pdf", blob="JVBERi0=", mimeType="application/pdf"),
        resource("notes://all?page=2", text=long),
        resource("file:///short.txt", text="short"),
    )

    assert result["output"].split("\n\n") == [
        "before",
        "[picture picture-2.png, attached]",
        "[file may_report.pdf, attached]",
        "[file all.txt, attached]",
        "[resource file:///short.txt]\nshort",
    ]
    assert [file["name"] for file in result["files"]] == ["picture-2.png", "may_report.pdf", "all.txt"]
    assert [file.data for file in shelf.files] == [base64.b64decode(PNG), b"%PDF-", long.encode()]


async def test_what_is_not_shown_is_named_with_the_reason_and_a_long_text_stays_in_the_result() -> None:
    sound = {"type": "audio", "data": "aGVsbG8=", "mimeType": "audio/wav"}

    result = await read(Shelf(refusal="nobody looks"), sound, resource("file:///a.txt", text="x" * LONGEST_TEXT + "yz"))

    named, text = result["output"].split("\n\n")
    assert named == "[sound sound-1.wav, audio/wav, 6 bytes: left out, cannot be read: nobody looks]"
    assert text.startswith("[resource file:///a.txt]\nxxx")
    assert text.endswith("xyz")
    assert "files" not in result


async def test_what_is_no_base64_and_what_is_too_much_are_left_out() -> None:
    shelf = Shelf()

    result = await read(shelf, picture("no base64!"), picture("ü"), *[picture()] * (MOST_FILES + 1))

    first, second, *_, last = result["output"].split("\n\n")
    assert first.endswith("left out, cannot be read: it is not valid base64]")
    assert second.endswith("left out, cannot be read: it is not valid base64]")
    assert last.endswith(f"left out, cannot be read: at most {MOST_FILES} files of a result can be shown]")
    assert len(shelf.files) == len(result["files"]) == MOST_FILES


async def test_a_call_that_has_failed_can_show_what_it_saw() -> None:
    result = await read(Shelf(), {"type": "text", "text": "the page does not load"}, picture(), isError=True)

    assert result["error"] == "the page does not load\n\n[picture picture-2.png, attached]"
    assert [file["name"] for file in result["files"]] == ["picture-2.png"]


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("file:///etc/..%2f..%2fpasswd", "passwd.txt"),
        ("x://y/a%0Ab%00c", "a_bc.txt"),
        ("x://y/%20%20", "file.txt"),
        ("x://y/" + "a" * 300, "a" * 79 + ".txt"),
        ("x://y/Grüße", "Grüße.txt"),
        ("x://y/secret-4711.csv", "csv.txt"),
        ("x://y/%73ecret-4711.csv", "csv.txt"),
        ("data", "data.txt"),
    ],
)
async def test_a_files_name_is_one_clean_line(uri: str, name: str) -> None:
    shelf = Shelf()

    await read(shelf, resource(uri, blob="aGVsbG8=", mimeType="text/plain"))

    assert [file.name for file in shelf.files] == [name]


@pytest.mark.parametrize(
    ("mimetype", "name"),
    [
        ("image/svg+xml", "a.xml"),
        ("text/x-python; charset=utf-8", "a.python"),
        ("Application/JSON", "a.json"),
        ("application/octet-stream", "a"),
        ("", "a"),
    ],
)
async def test_a_file_without_an_extension_gets_that_of_its_type(mimetype: str, name: str) -> None:
    shelf = Shelf()

    await read(shelf, resource("x://y/a", blob="aGVsbG8=", mimeType=mimetype))

    assert [file.name for file in shelf.files] == [name]


async def test_a_file_does_not_hold_the_secrets_of_its_server() -> None:
    shelf = Shelf()

    await read(
        shelf,
        resource("x://y/long", text="secret-4711 " * LONGEST_TEXT),
        resource("x://y/blob", blob=base64.b64encode(b"my secret-4711").decode(), mimeType="text/plain"),
    )

    assert shelf.files[1].data.decode() == "my …"
    assert b"4711" not in shelf.files[0].data
