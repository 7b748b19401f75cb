"""How messages look: Block Kit for answers, notices, steps and buttons, and Markdown cut to Slack's limits.

Everything here is pure: data in, blocks out, no call to Slack. `mentions` makes sure that no text notifies a person
who was not meant to be notified; every text of the model passes through it. `agent_worker/slack/thread` decides when
a message is posted, changed or deleted. The pieces that the bot uses too are in `process/block_kit`.
"""
