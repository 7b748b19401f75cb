"""How a conversation is described to a person: its title, place and state, when it began, and a link to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape

from agent_worker.contract.messages import Thread
from slackbot.conversations.recent import RecentConversation
from text import lines

LONGEST_TITLE = 80  # characters
STATES = {
    "working": "at work",
    "open": "ready for your next message",
    "closed": "closed; write there to go on",
}
STOPPING = "stopping"
_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb", ":": "\ua789"}
_WORD_JOINER = "\u2060"  # invisible, and no break
_AT_A_WORDS_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[\w+'-]{1,100}:)")
_READ_TOGETHER = re.compile(r"[@#](?=\S)|:(?=//)|(?<=\w)\.(?=[^\W\d_]{2})")


def permalink(workspace_url: str, thread: Thread) -> str:
    """The address that opens the thread in Slack; "" if the workspace's address is not known."""
    if not workspace_url:
        return ""
    message = f"archives/{thread.channel}/p{thread.thread_ts.replace('.', '')}"
    return f"{workspace_url.rstrip('/')}/{message}?thread_ts={thread.thread_ts}&cid={thread.channel}"


def title(recent: RecentConversation) -> str:
    """The title on one line, as text that means nothing in mrkdwn; "" if the conversation has none."""
    return literal(lines.title(recent.title, LONGEST_TITLE))


def literal(text: str) -> str:
    """Text that Slack shows as it is in mrkdwn, without formatting, emoji, mentions or links.

    mrkdwn can escape only `&`, `<` and `>`. So the other characters that begin something are shown by ones that look
    like them, and an invisible character parts those that Slack reads together.
    """
    text = _AT_A_WORDS_EDGE.sub(_LOOKALIKES["_"], text)
    text = _EMOJI.sub(_LOOKALIKES[":"], text)
    text = re.sub("[*~`]", lambda mark: _LOOKALIKES[mark[0]], text)
    return escape(_READ_TOGETHER.sub(rf"\g<0>{_WORD_JOINER}", text), quote=False)


def place(recent: RecentConversation) -> str:
    return "Direct message" if recent.thread.is_direct else f"Conversation in <#{recent.thread.channel}>"


def began(recent: RecentConversation) -> str:
    """When the conversation began."""
    return moment(recent.started)


def moment(at: datetime) -> str:
    """A moment as mrkdwn that Slack shows in the reader's own time zone."""
    plain = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{plain}>"
