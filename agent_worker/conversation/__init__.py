"""The conversation as plain data, with its rules: what was said, what waits, who takes part, what the model is told.

Everything here is pure: no clock, no ids, no I/O, no Temporal. The workflow changes it, and a continue-as-new carries
it over, so every field of `Conversation` and its parts is stored: a new field needs a default.

What an activity is given belongs to `payloads`, and what waits or decides when belongs to `workflow`.
"""
