"""How messages look: Block Kit for answers, notices, steps and buttons, and Markdown cut to Slack's limits.

Everything here is pure: data in, blocks out, no call to Slack. `outlet` is the one way to Slack for texts of the model,
of tools and of people: they notify nobody who was not meant to be notified, and their links say where they lead.
`agent_worker/slack/thread` decides when a message is posted, changed or deleted. The pieces that the bot uses too are
in `process/block_kit`.
"""
