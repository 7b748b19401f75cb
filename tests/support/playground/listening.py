"""On which ports processes listen, and what a port tells a browser that believes to be at another host."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp

LISTENING = "0A"  # in /proc/net/tcp


def ports_of(pid: int) -> set[int]:
    """The ports on which a process listens."""
    sockets = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        int(row[1].partition(":")[2], 16) for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in sockets
    }


async def told_by_another_name(port: int, path: str) -> tuple[int, str]:
    """Status and text of the answer to a request whose name for the server is a stranger's; (0, "") without HTTP."""
    address, headers = f"http://127.0.0.1:{port}{path}", {"Host": f"evil.example:{port}"}
    timeout = aiohttp.ClientTimeout(total=5)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, headers=headers) as answer,
        ):
            return answer.status, (await answer.text()).strip()
    except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
        return 0, ""
