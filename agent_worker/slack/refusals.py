"""What a refusal of Slack means for a message of the agent: which other way there is to say the same. Pure.

One rule holds for every call that ends a stream, changes a message or posts one: a refusal leads to the next way. So
this module lists no refusals that "may be survived". It names those after which a certain way is the right one, and
those after which every other way would be refused, too.

The names are Slack's (https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours, August 2026).
"""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

from process.slack_errors import TOKEN_REFUSED, UNDONE

# Somebody has to repair the app's settings first. All but a delivery waits for that, so that no question is lost.
UNTIL_REPAIRED = TOKEN_REFUSED | {"access_denied", "missing_scope", "team_access_not_granted"}
# Slack's names for a message that somebody has deleted, or that is not the agent's to change.
GONE = {"message_not_found", "cant_update_message", "cant_delete_message", "thread_not_found"}
# Slack takes the message, but not with this metadata: the key that names the post, and the messages that it answers.
METADATA_REFUSED = {
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
}
# The place takes no message of the agent at all, in no form. Only the refusal of a new post is judged by this.
_TAKES_NOTHING = UNTIL_REPAIRED | {
    "channel_not_found",  # deleted, or private and the agent is not in it
    "is_archived",
    "not_in_channel",
    "thread_not_found",  # the thread's first message was deleted
    "cannot_reply_to_message",  # it is of a kind that takes no replies
    "messages_tab_disabled",  # the app takes no direct messages any more
    "ekm_access_denied",  # the organisation's admins have disabled sending here
}
NO_LOOK = "no look to spare"  # the rate limits leave no call to look into the thread before a post
WAITS = "waits for the rate limits"  # another attempt, perhaps of another worker, makes the call
# Nothing was sent. The last ones are the HTTP client's names for a connection that could not be opened.
_UNSENT = {NO_LOOK, WAITS, "ClientConnectorError", "ClientConnectorDNSError", "ConnectionTimeoutError"}
_NOBODY_MAY_WRITE = "restricted_action"  # and longer names, one for each kind of restriction


def is_refusal(error: ApplicationError) -> bool:
    """Whether Slack has refused the call: the same call would be refused again. False if Slack was away or busy."""
    return error.non_retryable or error.message in UNTIL_REPAIRED


def is_undone(error: ApplicationError) -> bool:
    """Whether it is certain that Slack has not carried out the call."""
    return is_refusal(error) or is_unsent(error) or error.message in UNDONE


def is_unsent(error: ApplicationError) -> bool:
    """Whether the call was not even sent."""
    return error.message in _UNSENT


def takes_nothing(reason: str) -> bool:
    """Whether a post that was refused for this `reason` would be refused in every other form, too."""
    return reason in _TAKES_NOTHING or reason.startswith(_NOBODY_MAY_WRITE)
