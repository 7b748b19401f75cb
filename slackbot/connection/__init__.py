"""The connection to Slack by Socket Mode: opening it, keeping it, and knowing since when events may have been missed.

Also which errors of Slack and Temporal pass by themselves, and how long to wait between attempts. What the frames mean
to the agent belongs to `listeners`; looking for missed messages belongs to `catch_up`.
"""
