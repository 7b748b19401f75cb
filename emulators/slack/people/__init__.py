"""What people do in Slack, as methods of `SlackEmulator`. What Slack's own clients do not allow raises ValueError.

- `channels.py`: they write, edit, delete, join and react; other bots and Slack itself do so too.
- `agent.py`: they open the app's page, look at channels, press stop, rename a session.
- `interactions.py`: they press buttons, submit modals, use shortcuts and commands; `payloads.py` is what the app then
  receives, `buttons.py` finds what can be pressed, `modals.py` fills in a modal and takes the app's answer.
- `permissions.py`: what each of them may see and do.
"""
