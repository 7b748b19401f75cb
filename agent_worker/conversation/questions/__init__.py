"""Questions to people that the conversation waits for: who may decide, what was decided, and what the model hears.

Pure, as all of `conversation`: the workflow asks, carries out and tells (`workflow/questions.py`).
"""
