"""`python -m slackbot doctor`: checks what a real installation needs, and says how to mend what is wrong.

Slack and Temporal are checked here. What only the worker may know (Gemini, the tools, MCP servers) is checked by
`agent_worker.doctor`, which runs in a process of its own: the bot imports nothing of the worker.
"""
