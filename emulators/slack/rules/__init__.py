"""What Slack refuses, and with which error: the rules, which know nothing of what is in the workspace.

- `arguments.py`: reading the arguments of a call; `errors.py`: how a refusal is answered.
- `messages.py`, `blocks.py`, `agent_blocks.py`, `chunks.py`, `views.py`: what may be written, with the limits;
  `fields.py`: the checks that they are made of.
- `scopes.py`: which scope each method and event needs; `rate_limits.py`: how often each method may be called.

A rule that depends on the workspace (no such channel, not a member) is in the method, in `web_api/methods`.
"""
