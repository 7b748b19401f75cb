"""What the bot and the worker share: the messages that cross Temporal, the names that both must spell the same, JSON.

The bot imports nothing else of the worker. Nearly everything here is stored in Temporal, so a later version must still
read it: fields and names are added, never renamed or removed. What only the worker's workflow and activities exchange
belongs to `agent_worker.payloads`.
"""
