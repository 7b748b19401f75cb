"""Checks of an installation: what each has found, how they run at once and are told in order, and how they are shown.

What is checked belongs to `slackbot.doctor` and `agent_worker.doctor`.
"""
