"""What the client of the control API says when something is wrong."""

from __future__ import annotations

import aiohttp
import pytest

from emulators.slack.control_api.client import ControlClient, NotUpError, RefusedError


async def test_the_client_passes_the_sentence_on(control: ControlClient) -> None:
    with pytest.raises(RefusedError, match="there are: anna"):
        await control.say("nobody", "general", "hello", None)


async def test_the_client_says_in_a_sentence_that_nothing_listens(session: aiohttp.ClientSession) -> None:
    with pytest.raises(NotUpError, match="make run"):
        await ControlClient(session, "http://127.0.0.1:9", "token").directory()
