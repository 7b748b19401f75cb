"""What `python -m agent_worker.erase` does: finds the runs that hold a conversation, and deletes them from Temporal.

Nothing else imports it. It needs Temporal alone: no worker, no Slack.
"""
