"""`python -m agent_worker.feedback`: what people think of the answers, with what they are about.

`judgements` reads what people have pressed, and the turns that it is about. `lines` and `cases` are the two forms in
which that is given: JSON lines, and files that `python -m agent_worker.evaluate` runs.
"""
