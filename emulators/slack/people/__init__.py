"""What people do in Slack, as methods of `SlackEmulator`. What Slack's own clients do not allow raises ValueError.

- `channels.py`: they write, edit, delete, join and react; other bots and Slack itself do so too.
- `agent.py`: they open the app's page, look at channels, press stop, rename a session.
- `interactions.py`: they press, choose and write in messages, use shortcuts and commands; `views.py`: the same in Home
  tabs and modals, submit and close these. `payloads.py` is what the app then receives, `actions.py` finds what can be
  pressed and chosen, `entries.py` says what can be entered, `modals.py` what a modal needs and what the answer does.
- `permissions.py`: what each of them may see and do.
"""
