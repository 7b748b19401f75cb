"""What tests and the playground let go wrong in Slack.

- `injection.py`: the methods of `SlackEmulator` with which faults are ordered, those of the connection too.
- `web_api.py`: faults of Web API calls: HTTP errors, lost replies, slow calls.
- `holds.py`: calls that wait in the middle, until a test lets them go on.

What Slack itself refuses is no fault: see `rules`. Ways in which a workspace differs for good are in `settings.py`.
"""
