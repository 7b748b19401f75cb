"""Small pure functions on text and on JSON from outside, which any other package may use.

Nothing here does I/O, and nothing here knows Slack, Gemini or Temporal: what does belongs to a package of theirs.
"""
