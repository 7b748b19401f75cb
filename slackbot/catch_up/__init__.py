"""Catching up: finding the messages that the bot missed in Slack's history, and handing them over.

Here are the watermark (up to which moment the bot has handed over everything), the reader of Slack's history, and the
pace at which both happen. Whether a message is for the agent is decided in `events`, as for a live message.
"""
