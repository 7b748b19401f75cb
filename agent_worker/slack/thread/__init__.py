"""One Slack thread as the agent reads it and writes into it.

`history` reads, `posts` and `streams` write single messages, `metadata` marks them as the agent's. `live_answer` shows
an answer while it is written, `progress` and `progress_queue` the turn's steps, `status` the line "… is thinking".
`delivery` makes the thread hold one complete answer, and `leftovers` finds what earlier attempts left there.
How a message looks belongs into `slack/blocks`, how it is keyed into `payloads/post_keys`, and what a conversation
remembers into `conversation`.
"""
