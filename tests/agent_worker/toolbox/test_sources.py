"""Promises about sources: people get links beside a tool's result, and the model gets the result alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agent_worker.payloads.thread import ShownStep
from agent_worker.toolbox.open_toolbox import LARGEST_RESULT
from agent_worker.toolbox.sources import LONGEST_TEXT, MOST_SOURCES, Source, Sourced
from agent_worker.toolbox.tool import tool
from agent_worker.toolbox.toolbox import Toolbox
from tests.support.agent_worker.rehearsal import Rehearsal, calls, text

PAGE = Source(text="A page", url="https://example.org/page?id=1#top")


@tool(title="Look up", summary="looks things up")
async def look_up(size: int) -> Any:
    """Look it up."""
    return Sourced("x" * size, [PAGE])


def listed(*sources: Source) -> list[dict[str, str]]:
    return Sourced(None, sources).listed()


async def test_sources_stand_beside_the_output() -> None:
    async with httpx.AsyncClient() as http:
        answer = await Toolbox([look_up]).open(http, []).run("look_up", {"size": 3})

    assert answer == {"output": "xxx", "sources": [{"text": "A page", "url": PAGE.url}]}


async def test_an_error_has_no_sources() -> None:
    async with httpx.AsyncClient() as http:
        answer = await Toolbox([look_up]).open(http, []).run("look_up", {"size": LARGEST_RESULT})

    assert list(answer) == ["error"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "mailto:anna@example.org",
        "https://",
        "https:///path",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://user@example.org/",
        f"https://example.org/{'x' * 2000}",
    ],
)
def test_what_is_no_web_address_is_left_out(url: str) -> None:
    assert listed(Source(text="Odd", url=url), PAGE) == [PAGE.model_dump()]


@pytest.mark.parametrize("url", ["http://example.org", "https://example.org:8443/a?b=%20#c", "https://example.org?a"])
def test_web_addresses_are_kept_as_they_are(url: str) -> None:
    assert listed(Source(text="Page", url=url)) == [{"text": "Page", "url": url}]


def test_the_text_of_a_link_is_one_short_line_and_never_empty() -> None:
    others = [Source(text=text, url=f"https://example.org/{text.strip()[:1]}") for text in (" \n", "a\nb", "x" * 500)]

    texts = [source["text"] for source in listed(*others)]

    assert texts == ["https://example.org/", "a b", "x" * (LONGEST_TEXT - 1) + "…"]


def test_each_address_is_shown_once_and_only_the_first_few() -> None:
    many = [Source(text=f"{number}", url=f"https://example.org/{number}") for number in range(MOST_SOURCES + 1)]

    assert [source["text"] for source in listed(PAGE, PAGE, *many)] == ["A page", *map(str, range(MOST_SOURCES - 1))]


async def test_sources_are_shown_with_the_step_and_the_model_does_not_read_them(rehearsal: Rehearsal) -> None:
    rehearsal.cast.answers += [calls("look_up", title="Looks it up"), text("found")]
    rehearsal.cast.tools["look_up"] = {"output": 42, "sources": [PAGE.model_dump()]}
    talk = rehearsal.conversation()

    await talk.ask("1.0")

    (delivered,) = talk.answers
    assert delivered.progress is not None
    assert delivered.progress.steps == [
        ShownStep(title="Looks it up", state="complete", sources=[PAGE], outcome="Took 1 s")
    ]
    (response,) = [part["functionResponse"] for part in rehearsal.cast.read[-1][-1]["parts"]]
    assert response["response"] == {"output": 42}
