"""`python -m agent_worker.audit`: the record of what people were asked and have decided, as a file that shows changes.

Nothing else imports it. `conversations` reads the record from Temporal, `export` makes the lines, `chain` links them.
"""
