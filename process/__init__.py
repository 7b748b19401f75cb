"""What every process of the project needs: settings, logs, signals and exit codes, clients for Slack and Temporal.

Nothing here knows what the bot or the worker does. What only one of them needs belongs to `slackbot` or `agent_worker`;
functions that only work on text or JSON belong to `text`.
"""
