"""The names that the bot and the worker must spell the same: workflows, signals, queries, memo keys, buttons, ids."""

from __future__ import annotations

from agent_worker.contract.messages import Thread

AGENT_WORKFLOW = "AgentWorkflow"
USER_MESSAGE = "user_message"  # the signal that carries a UserMessage
MESSAGE_CHANGED = "message_changed"  # … a MessageChange
STOP = "stop"  # … a StopRequest
FEEDBACK = "feedback"  # … a Feedback
TRY_AGAIN = "try_again"  # … a TryAgain
RENAMED = "renamed"  # … a Renamed
SAID_TO_OTHERS = "said_to_others"  # … a SaidToOthers
TRANSCRIPT = "transcript"  # the query that returns a page of the conversation's transcript
# The keys of a conversation's memo, which Temporal returns with its list of workflows.
MEMO_USER = "user"  # the Slack id of the person who began the conversation
MEMO_TITLE = "title"
MEMO_FEEDBACK = "feedback"  # a list of Feedback: the newest of each person about each turn
# The `action_id` of each button below the agent's messages; the button's value says which turn it belongs to.
STOP_BUTTON = "stop_turn"
FEEDBACK_BUTTONS = "feedback"  # the value begins with "good:" or "bad:"
FEEDBACK_REASON = "feedback_reason"  # the `callback_id` of the form that asks why an answer is bad
LONGEST_REASON = 1_000  # characters
TRY_AGAIN_BUTTON = "try_again"
AGAIN = ":again"  # in the key of a turn, before how often it was tried again: "<ts of its first message>:again2"
LISTENING_WORKFLOW = "ListeningWorkflow"
HEARD = "heard"  # the signal that moves the bot's watermark forward; carries a Listening
SURE_UNTIL = "sure_until"  # the query that returns the watermark, in seconds since 1970
GRANTS_WORKFLOW = "GrantsWorkflow"
ADD_GRANT = "add_grant"  # the update that carries a Grant; refused with a sentence
REVOKE_GRANT = "revoke_grant"  # … a Revocation
ADD_GRANT_LATER = "add_grant_later"  # the signal that does the same once a worker runs
REVOKE_GRANT_LATER = "revoke_grant_later"
LIST_GRANTS = "list_grants"  # the query that returns a GrantList
# The `action_id` of the buttons that take a grant back; the value is the grant's id.
HOME_REVOKE_BUTTON = "revoke_own_grant"
REVOKE_BUTTON = "revoke_grant"


def workflow_id(team: str, channel: str, thread_ts: str) -> str:
    """The id of the one AgentWorkflow of a Slack thread; `thread_ts` is the `ts` of the thread's first message."""
    return f"{workflow_id_prefix(team)}{channel}:{thread_ts}"


def workflow_id_prefix(team: str) -> str:
    """The beginning of the workflow ids of all Slack conversations in a team."""
    return f"slack:{team}:"


def thread_of(workflow_id: str) -> Thread | None:
    """The Slack thread of a workflow id; None if it is not the id of a Slack conversation."""
    kind, *place = workflow_id.split(":")
    if kind != "slack" or len(place) != len(("team", "channel", "thread_ts")):
        return None
    return Thread(team=place[0], channel=place[1], thread_ts=place[2])


def listening_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one ListeningWorkflow of an agent in a team. The task queue tells agents in the same team apart."""
    return f"slackbot:{task_queue}:{team}"


def grants_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one GrantsWorkflow of an agent in a workspace. The task queue tells agents apart.

    What people allow an agent that is being tried out is not allowed to the one that they work with.
    """
    return f"grants-{task_queue}-{team}"
