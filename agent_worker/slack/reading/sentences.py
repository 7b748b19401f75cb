"""Why something is not read, in sentences for the model, which tells people.

What a person may not see must sound like what does not exist. So NOT_THERE stands for both.
"""

from __future__ import annotations

NOT_THERE = (
    "I know no such channel: it does not exist, I am not in it, or it may not be seen by everybody who asks. "
    "I can read a public channel that people invite me to."
)
NO_SUCH_MESSAGE = "There is no such message: it was deleted, or the link is not complete."
NO_LINK = "That is no link to a Slack message. People get one with “Copy link” in the message's menu."
ELSEWHERE = "That link leads to another workspace, where I cannot read."
PRIVATE = (
    "That channel is private, and not everybody who reads this thread may see it. Ask me in a direct message, there I "
    "can read it."
)
OUTSIDERS = (
    "Guests or people of other organisations read this thread, and they may not see that channel. Ask me in a direct "
    "message, there I can read it."
)
READERS_UNKNOWN = (
    "I cannot find out who reads this thread, so I read nothing from elsewhere into it. Ask me in a direct message, "
    "there I can."
)
TOO_MANY_MEMBERS = "That channel has more members than I can look through, so I cannot tell whether it may be read."
HERE_UNKNOWN = "Slack does not tell me enough about this conversation to read it."
NOT_IN_SLACK = "This conversation is not in Slack, so there is nothing of Slack to read for it."
BUSY = "Slack lets me read nothing more for a while. Ask again later."
TOO_MUCH = "That would take more looking up in Slack than I may do at once. Ask for less."
NOT_PERMITTED = "Slack does not let me read that. Whoever runs me can allow it in the settings of my app."
NO_SEARCH = "This workspace does not let me search. I can read channels and threads instead."
SEARCH_IS_OVER = "Slack's permission to search has run out: whoever asks has to write to me again."
NO_WORDS = "Say which words to look for."
NOBODY_ASKS = "I look for people and channels only for a person who asks, and nobody does here."
BAD_MOMENT = "A moment is written as 2026-11-27 or 2026-11-27T10:15, and the first one has to be before the second."


def not_in(channel: str) -> str:
    return f"I am not a member of {channel}: invite me there, then I can read it."


def archived(channel: str) -> str:
    return f"{channel} is archived, and I am not a member of it, so I cannot read it."
