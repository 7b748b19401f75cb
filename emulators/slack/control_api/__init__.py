"""An HTTP API that Slack does not have, on the same port: with it, local tools act as people and see what changes.

- `endpoint.py`: the routes below /playground/. `client.py`: their client, for the chat in a terminal.

The page of the playground has routes of its own, in `playground/page`.
"""
