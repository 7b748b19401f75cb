"""The model of a playground without GOOGLE_API_KEY: a script that recognises a few phrases.

`model` chooses tool calls and answers, and `reports` writes out what the tools returned. `us_states` finds states of
the USA in a sentence, `times` places and times of day, and `server_tools` the tool of an MCP server that it names.
The stand-in for Gemini's HTTP interface, which sends these answers, is `emulators.gemini`.
"""
