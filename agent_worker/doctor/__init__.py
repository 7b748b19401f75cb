"""`python -m agent_worker.doctor`: checks what only the worker may know: Gemini, the tools' services, MCP servers.

`python -m slackbot doctor` runs it, too, and shows what it finds among its own findings.
"""
