"""The bot: the process that is connected to Slack, and hands what people write and press over to Temporal.

`events` decides what an event is, `conversations` hands it over, `listeners` are the functions that Slack's events
call, `connection` keeps the connection to Slack, and `catch_up` looks for what was missed. The bot never calls a model
and never writes an answer: that is the worker's, `agent_worker`, of which the bot imports `agent_worker.contract` only.
"""
