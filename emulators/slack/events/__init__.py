"""How messages come to be and change, and how the app learns of what happens.

- `message_writer.py`: the one way to write, change and delete messages; `streams.py`: messages written piece by piece.
- `feed.py`: which events the app is told, and their payloads.
- `deliveries.py`: sends each event until it is acknowledged; `socket_mode.py`: the connections that it is sent over.

What people do is in `people`, what the app calls in `web_api`: both write through the message writer.
"""
