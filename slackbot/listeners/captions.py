"""How a conversation is described to a person: its title, place and state, when it began, and a link to it."""

from __future__ import annotations

from html import escape

from agent_worker.contract.messages import Thread
from slackbot.conversations.recent import RecentConversation
from text.lines import one_line

LONGEST_TITLE = 80  # characters
STATES = {
    "working": "at work",
    "open": "ready for your next message",
    "closed": "closed; write there to go on",
}
STOPPING = "stopping"


def permalink(workspace_url: str, thread: Thread) -> str:
    """The address that opens the thread in Slack; "" if the workspace's address is not known."""
    if not workspace_url:
        return ""
    message = f"archives/{thread.channel}/p{thread.thread_ts.replace('.', '')}"
    return f"{workspace_url.rstrip('/')}/{message}?thread_ts={thread.thread_ts}&cid={thread.channel}"


def title(recent: RecentConversation) -> str:
    """The title on one line, escaped for mrkdwn; "" if the conversation has none."""
    return escape(one_line(recent.title, LONGEST_TITLE), quote=False)


def place(recent: RecentConversation) -> str:
    return "Direct message" if recent.thread.is_direct else f"Conversation in <#{recent.thread.channel}>"


def began(recent: RecentConversation) -> str:
    """When the conversation began: mrkdwn that Slack shows in the reader's own time zone."""
    plain = recent.started.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(recent.started.timestamp())}^{{date_short_pretty}} {{time}}|{plain}>"
