"""The stand-in for one Slack workspace with one app: the Web API, Socket Mode, and the people in it.

- `emulator.py`: `SlackEmulator`, which has all that tests and the playground use; `backend.py` puts its parts
  together, `settings.py` says what can be chosen, `clock.py` is its time.
- `workspace_setup.py`: adds users and channels; `observation.py`: shows what is there; `snapshot.py`: keeps it.
- `rules/`: what Slack refuses. `web_api/`: the methods that the app calls. `people/`: what people do.
- `faults/`: what tests let go wrong. `events/`: what the app is told. `state/`: what the workspace holds.
- `presentation/`: how things look. `control_api/`: the HTTP API for local tools, which Slack does not have.
"""
