"""The names that both processes must spell the same: workflows, signals, queries, memo keys, buttons, workflow ids."""

from __future__ import annotations

from agent_worker.contract.messages import Thread

AGENT_WORKFLOW = "AgentWorkflow"
USER_MESSAGE = "user_message"  # the signal that carries a UserMessage
MESSAGE_CHANGED = "message_changed"  # … a MessageChange
STOP = "stop"  # … a StopRequest
FEEDBACK = "feedback"  # … a Feedback
TRY_AGAIN = "try_again"  # … a TryAgain
RENAMED = "renamed"  # … a Renamed
TRANSCRIPT = "transcript"  # the query that reads a page of the conversation
# What Temporal's list of conversations shows of each: its memo's keys.
MEMO_USER = "user"  # who began it, a Slack id
MEMO_TITLE = "title"
MEMO_FEEDBACK = "feedback"  # a list of Feedback: of each turn and person, the newest
# What the agent's buttons are called in Slack; a button's value says which turn it belongs to.
STOP_BUTTON = "stop_turn"
FEEDBACK_BUTTONS = "feedback"  # the value begins with "good:" or "bad:"
TRY_AGAIN_BUTTON = "try_again"
AGAIN = ":again"  # in the key of a turn, before how often it was tried again: "<ts of its first message>:again2"
LISTENING_WORKFLOW = "ListeningWorkflow"
HEARD = "heard"  # the signal that moves the bot's watermark; carries a Listening
SURE_UNTIL = "sure_until"  # the query that reads it: seconds since 1970


def workflow_id(team: str, channel: str, thread_ts: str) -> str:
    """The id of the one AgentWorkflow of a Slack thread; the root message's `ts` is the thread's timestamp."""
    return f"{workflow_id_prefix(team)}{channel}:{thread_ts}"


def workflow_id_prefix(team: str) -> str:
    """How the ids of all Slack conversations of a team begin."""
    return f"slack:{team}:"


def thread_of(workflow_id: str) -> Thread | None:
    """The Slack thread that a workflow's id names; None where it names none."""
    kind, *place = workflow_id.split(":")
    if kind != "slack" or len(place) != len(("team", "channel", "thread_ts")):
        return None
    return Thread(team=place[0], channel=place[1], thread_ts=place[2])


def listening_workflow_id(task_queue: str, team: str) -> str:
    """The id of the one ListeningWorkflow of an agent in a team; each agent has a task queue of its own."""
    return f"slackbot:{task_queue}:{team}"
