"""`python placing.py URL`: an MCP server that asks the service at URL where an IP address is. Uses no library."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any
from urllib.request import urlopen

SCHEMA = {"type": "object", "properties": {"ipaddress": {"type": "string"}}, "required": ["ipaddress"]}
_writing = threading.Lock()


def result_of(request: dict[str, Any]) -> dict[str, Any]:
    if request["method"] == "initialize":
        info = {"name": "placing", "version": "1"}
        return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
    if request["method"] == "tools/list":
        return {"tools": [{"name": "place", "description": "Tells where it is.", "inputSchema": SCHEMA}]}
    with urlopen(f"{sys.argv[1].rstrip('/')}/{request['params']['arguments']['ipaddress']}") as answer:
        return {"content": [{"type": "text", "text": answer.read().decode()}]}


def answer(request: dict[str, Any]) -> None:
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
    if request["method"] in {"initialize", "tools/list", "tools/call"}:
        message["result"] = result_of(request)
    else:
        message["error"] = {"code": -32601, "message": "Method not found"}
    with _writing:
        print(json.dumps(message), flush=True)


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "id" in request:
            threading.Thread(target=answer, args=(request,), daemon=True).start()


if __name__ == "__main__":
    main()
