"""One module for each thing that people use in Slack: messages, buttons, the Home tab, the command, the shortcut.

Each class registers its functions with the Bolt app in `listen`. A listener acknowledges within Slack's 3 seconds, so
each call that it waits for has a shorter timeout. What an event means is decided in `events`; what becomes of it in
Temporal belongs to `conversations`.
"""
