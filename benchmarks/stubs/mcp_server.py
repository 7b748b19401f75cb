"""`python mcp_server.py COUNT`: an MCP server with so many tools, each described as real ones are. Uses no library."""

from __future__ import annotations

import json
import sys
from typing import Any


def tool(number: int) -> dict[str, Any]:
    """A tool with five arguments, two of them described in definitions: about 1 KB as the model is told of it.

    The tools of four servers from the registries have 0.47 KB on average.
    """
    names = [f"argument_{index}" for index in range(5)]
    text = {"type": "string", "description": "What this argument is for, in a sentence as people write them."}
    properties = {name: {"$ref": "#/$defs/text"} if index % 2 else text for index, name in enumerate(names)}
    return {
        "name": f"do_thing_{number}",
        "title": f"Do thing {number}",
        "description": f"Does the thing number {number}. " + "It explains at length when to use it and when not. " * 4,
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": names[:2],
            "$defs": {"text": text},
            "additionalProperties": False,
        },
    }


def result_of(method: str, count: int) -> dict[str, Any]:
    if method == "initialize":
        info = {"name": "many", "version": "1"}
        return {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
    return {"tools": [tool(number) for number in range(count)]}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": request["id"]}
        if request["method"] in {"initialize", "tools/list"}:
            answer["result"] = result_of(request["method"], int(sys.argv[1]))
        else:
            answer["error"] = {"code": -32601, "message": "Method not found"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
