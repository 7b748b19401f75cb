"""What happens next in a conversation: the code that Temporal replays.

Here belongs what decides and what waits: the loop of a turn, when a conversation closes, which activity runs with which
deadline. Time, ids and logs come from `temporalio.workflow`.

No I/O and no import of `activities`: what touches the world is an activity, called through `activity_calls.py`. Rules
that need no waiting belong to `conversation`. A change of the order of activities needs `workflow.patched`
(docs/decisions/0008-deployments.md).
"""
