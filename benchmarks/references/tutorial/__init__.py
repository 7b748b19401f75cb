"""The second reference, a durable loop as tutorials write it: `workflow` with its activities, `worker` and `bot`.

One workflow for each question and one activity for each model call, tool call and post. The whole conversation goes
into each model call, and each model call makes a client of its own.
"""
