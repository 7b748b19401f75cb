"""What stands in for Slack, Gemini and the tools' services, and the people who ask questions.

`services` runs the emulators with set latencies, `questions` says what is asked and what the right answer is, `model`
gives that answer from what the request really contains, `exchanges` notes when people see what of an answer.
What does not belong here: anything that knows which contender is measured (`contenders/`).
"""
