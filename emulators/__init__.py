"""Strict stand-ins for the services that the agent talks to, used by the playground and by the tests.

- `slack/`: Slack's Web API, Socket Mode, and the people who write and click.
- `gemini/`: Google's generateContent, answering from a script.
- `world/`: the weather service and the services about IP addresses.

Each stand-in listens on 127.0.0.1 only, refuses what the real service refuses, and can be told to fail: see its
`faults`. Nothing here imports the product; what the tests of the product share is in `tests/support`.
"""
