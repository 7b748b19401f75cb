"""Temporal servers for tests: one that they share, and one that is as plain as a server may be."""

from __future__ import annotations

import asyncio
import re
from collections import Counter

import httpx
from temporalio.api.workflowservice.v1 import GetSearchAttributesRequest
from temporalio.client import Client

from playground.temporal_server import DevServer, free_port

QUEUES = ("transferProcessor", "visibilityProcessor")
# What `DevServer` switches on although no server has it on by itself.
_COMMANDS = ("frontend.workerCommandsEnabled", "system.enableCancelActivityWorkerCommand")
_OFF = {f"{name}=true": f"{name}=false" for name in _COMMANDS}
_REQUESTS = re.compile(r"^service_requests\{([^}]*)\} (\S+)$", re.MULTILINE)
_MARK = "GetSearchAttributes"
_OPERATION = re.compile(r'operation="([^"]*)"')


class SharedServer(DevServer):
    """The server that all tests of a test process share.

    It deletes a conversation within seconds; others look twice a minute what may be deleted.
    """

    def _command(self) -> list[str]:
        settings = [f'history.{queue}UpdateAckInterval="500ms"' for queue in QUEUES]
        return super()._command() + [word for value in settings for word in ("--dynamic-config-value", value)]


class PlainServer(DevServer):
    """A server as most are: it sends no worker commands. It counts the calls that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self._metrics_port = free_port()

    def _command(self) -> list[str]:
        assert set(_OFF) <= set(super()._command())
        words = [_OFF.get(word, word) for word in super()._command()]
        return [*words, "--metrics-port", str(self._metrics_port)]

    async def calls(self, client: Client) -> Counter[str]:
        """How many calls of each method have reached the server until now.

        It publishes its counts about once a second, so one more call is made that nobody else makes, and waited for.
        """
        before = (await self._published())[_MARK]
        await client.workflow_service.get_search_attributes(GetSearchAttributesRequest())
        while (counted := await self._published())[_MARK] == before:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.05)
        return counted

    async def _published(self) -> Counter[str]:
        async with httpx.AsyncClient() as http:
            page = (await http.get(f"http://127.0.0.1:{self._metrics_port}/metrics")).text
        counted: Counter[str] = Counter()
        for labels, number in _REQUESTS.findall(page):
            operation = _OPERATION.search(labels)
            if operation and 'service_name="frontend"' in labels:
                counted[operation[1]] += int(float(number))
        return counted
