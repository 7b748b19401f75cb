"""Everything that knows Google's Gemini: how it is asked, and what its replies and errors mean.

`client` sends a question through the google-genai SDK and is the only module that imports it. The others are pure:
`request` builds the body, `stream` joins a reply's chunks, `reply` judges the reply, `errors` translates error answers,
`prompts` holds the instructions for summaries and titles.
What does not belong here: the transcript (`conversation/`), who retries (Temporal, by the error that is raised), and
what the thread shows of a reply (`activities/`, `slack/`).
"""
