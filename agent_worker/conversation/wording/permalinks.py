"""Links to Slack messages: read from text, and made. Pure.

The form is `https://NAME.slack.com/archives/CHANNEL/pTS`, with `?thread_ts=TS&cid=CHANNEL` for a reply; `pTS` is the
message's `ts` without its point. See "chat.getPermalink" on docs.slack.dev.
"""

from __future__ import annotations

import re

from agent_worker.payloads.links import MessageLink

_LINK = re.compile(
    r"https://[a-z0-9][a-z0-9.-]{0,100}\.slack(?:-gov)?\.com"
    r"/archives/(?P<channel>[CDG][A-Z0-9]{1,20})/p(?P<seconds>\d{10})(?P<fraction>\d{6})(?P<query>\?[^\s<>|\"]{0,200})?"
)
_THREAD = re.compile(r"[?&;]thread_ts=(\d{10}\.\d{6})")


def links_in(text: str) -> list[MessageLink]:
    """The links to messages in Slack's escaped text, each once, in their order."""
    found = {link.url: link for link in map(_link, _LINK.finditer(text))}
    return list(found.values())


def permalink(workspace_url: str, channel: str, ts: str, thread_ts: str = "") -> str:
    """The link to a message; `workspace_url` is `https://NAME.slack.com/`. Of a root, `thread_ts` is left out."""
    address = f"{workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread_ts}&cid={channel}" if thread_ts not in {"", ts} else address


def _link(found: re.Match[str]) -> MessageLink:
    thread = _THREAD.search((found["query"] or "").replace("&amp;", "&"))
    ts = f"{found['seconds']}.{found['fraction']}"
    return MessageLink(
        url=found[0].replace("&amp;", "&"), channel=found["channel"], ts=ts, thread_ts=thread[1] if thread else ""
    )
