"""What the workspace holds: people, channels, messages, files, sessions, Home tabs and modals, all in memory.

These classes store and tell nobody, apart from the log in `changes.py`. What tells the app is in `events`, what
writes Slack's JSON is in `presentation`, and what the app or a person may not do is refused in `web_api` and `people`.
"""
