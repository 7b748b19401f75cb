"""One playground and one browser for all tests here, and a page of its own for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from playground.processes import ManagedProcess
from playground.temporal_server import free_port
from tests.support.browser.visitor import Visitor, visitor

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",  # root has none in a container; only our own page is opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=30_000)  # milliseconds; other tests may keep the machine busy


@pytest.fixture(scope="session")
def chromium(processes: None) -> str:
    """The path of the browser. Without a browser the tests are skipped; with CI_NEEDS_BROWSER=1 they fail."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        sentence = "the browser tests need Chromium (apt-get install chromium)"
        if os.environ.get("CI_NEEDS_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playground(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Runs `python -m playground`, as a newcomer starts it. The address of its page."""
    names = ("PLAYGROUND_SLACK_PORT", "PLAYGROUND_TEMPORAL_PORT")
    ports = {name: str(free_port()) for name in names}
    directory: Path = tmp_path_factory.mktemp("playground")
    run = ManagedProcess("playground", ports, ready="Ctrl-C", directory=directory)
    await run.start()
    yield f"http://127.0.0.1:{ports['PLAYGROUND_SLACK_PORT']}"
    await run.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(playground: str, browser: Browser) -> AsyncIterator[Visitor]:
    async with visitor(browser, playground) as one:
        yield one
