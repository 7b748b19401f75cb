"""The conversations in Temporal, as far as the bot needs them: handing over, stopping, listing.

Here messages, changes and clicks become signals of workflows, each once; and here the bot asks in which threads the
agent takes part, and which conversations a person has. How the result is shown to people belongs to `listeners`.
"""
