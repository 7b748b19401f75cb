"""How the things of a workspace look, without changing them.

- `json_shapes.py`: messages, people and channels as JSON, for the Web API and for events.
- `rich_text.py`: the block that Slack makes of a plain text.
- `visible_text.py`: what a person reads, with names in place of ids.

The payloads of events are made in `events`, those of clicks and commands in `people`.
"""
