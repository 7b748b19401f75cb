"""The model of a playground without GOOGLE_API_KEY: a script that looks for words and calls tools.

`model` answers a request. `reply` puts together what its questions take and say, and `understanding` finds out which
questions they are: a `Question` (`question`) knows the calls that it takes, its answer, and what may follow on it.
Below these, `request` reads what the agent has sent and `language` finds words, values, days and places in sentences;
`tools` calls any tool that is there, `slack` reads Slack, `talk` is what needs no tool, and `own_answers` is what
somebody has written for the script in a file of their own.
The stand-in for Gemini's HTTP interface, which sends these answers, is `emulators.gemini`.
"""
