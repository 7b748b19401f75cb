"""The HTTP endpoints of Slack that the app calls.

- `endpoint.py`: `/api/METHOD`: tokens, scopes, rate limits, planned faults, and the record of calls.
- `methods/`: what each method does; `pages.py`: cursors and time ranges for those that list things.
- `file_transfers.py`: the addresses from which files are fetched and to which they are uploaded.

What may be in a message or view is in `rules`; what goes wrong on purpose is in `faults`.
"""
