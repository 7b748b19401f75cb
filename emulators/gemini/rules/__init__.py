"""What Gemini refuses, with the words of `errors.py`.

- `requests.py`: what is wrong with a request by itself: unknown fields, limits, names, the deadline.
- `turns.py`: what is wrong with the order of contents: calls, their responses, and thought signatures.

A rule belongs here if the real Gemini has it; an answer that a test wants to be wrong belongs in `faults.py`.
"""
