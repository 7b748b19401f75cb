"""A case: a conversation that is tried with the agent, and what has to come of it.

`case` says what a case is, `reading` makes cases of files, `writing` makes a file of a case. How cases are run is not
known here: that needs a stand-in for Slack, which a production worker does not have (`evaluations`, at the top).
"""
