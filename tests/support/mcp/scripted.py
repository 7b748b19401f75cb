"""An MCP server that writes exactly what a test wants: `python scripted.py FOLDER`. Uses no library.

FOLDER/script.json has `tools`, and `lines`: what it writes when a tool is called, with the request's id for `$ID` and
its arguments for `$ARGUMENTS`. It ends after them if `ends` is true, and speaks the
newer protocol if `modern` is. With `--endless` its list has pages for ever. It
notes each call in FOLDER/calls.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
SCRIPT = json.loads((FOLDER / "script.json").read_text(encoding="utf-8"))
ENDLESS = "--endless" in sys.argv
INFO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "scripted", "version": "1"},
}
FRESH = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}  # what results of the newer protocol have
DISCOVERED = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, **FRESH}


def send(request: dict[str, Any], **answer: Any) -> None:
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **answer}), flush=True)


def call(request: dict[str, Any]) -> None:
    with (FOLDER / "calls").open("a", encoding="utf-8") as calls:
        calls.write(request["params"]["name"] + "\n")
    arguments = json.dumps(json.dumps(request["params"].get("arguments")))
    for line in SCRIPT["lines"]:
        print(line.replace("$ID", str(request["id"])).replace("$ARGUMENTS", arguments), flush=True)
    if SCRIPT["ends"]:
        sys.exit(3)


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "id" not in request:
            continue
        if request["method"] == "server/discover" and SCRIPT["modern"]:
            send(request, result=DISCOVERED)
        elif request["method"] == "initialize":
            send(request, result=INFO)
        elif request["method"] == "tools/list":
            fresh = FRESH if SCRIPT["modern"] else {}
            send(
                request,
                result={"tools": SCRIPT["tools"], **fresh, **({"nextCursor": str(request["id"])} if ENDLESS else {})},
            )
        elif request["method"] == "tools/call":
            call(request)
        else:
            send(request, error={"code": -32601, "message": "Method not found"})


if __name__ == "__main__":
    main()
