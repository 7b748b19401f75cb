"""What crosses between the workflow and the activities. Temporal stores all of it in the history of the conversation.

Histories outlive versions: a field that is added later needs a default, and a field that was stored is still read.
Here belong requests, results, error codes, names of activities and keys of posts; nothing that does anything.
What the bot sends belongs to `contract`.
"""
