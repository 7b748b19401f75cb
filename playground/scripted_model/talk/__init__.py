"""What is answered without a call: what the agent can do, files, what was said before, greetings, haikus."""
