"""All that the worker does with Slack's Web API: it reads threads and files, and posts answers, steps and notices.

`adapter` puts the parts together for the activities. `api` makes the calls and translates Slack's errors, once;
`rate_limits` and `rate_limit_share` keep all workers together below Slack's limits, and `attempt_time` sees to it that
waiting for them uses up nothing of an activity's time. `directory` knows people and channels,
`surroundings` and `time_zones` say what a conversation is told of them, and `access` has the rules on who may talk to
the agent. What happens in a thread is in `thread/`, how messages look in `blocks/`, and files are in `files/`.

Reading Slack's text needs no call and belongs in `agent_worker/conversation`. Events, buttons that are pressed and
the Home tab are the bot's (`slackbot/`).
"""
