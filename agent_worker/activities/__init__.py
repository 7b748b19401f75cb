"""How things are done: the activities, each a method of `Activities`, on the clients that the worker was given.

Here belongs what puts adapters together: a model call that is streamed into a thread, a delivery, the opening. What
only talks to Gemini or to Slack belongs to `gemini` or `slack`.

An activity runs at least once: everything here can be run again after a crash. It imports nothing of `workflow`; what
the two exchange is in `payloads`.
"""
