"""What Look inside shows: the run behind a thread, step by step, as Temporal and the playground's own log have it.

`workflow_runs` reads from Temporal, and `timeline` has a line for each step. `step_details` opens a step: Temporal has
what it was given and what came of it (`recorded_step`), and the playground's log (`playground/call_log.py`) its
requests to Gemini and its calls to Slack. All of it goes through `secrecy` and `bounds` first.
"""
