"""What the agent has sent: turns, messages, files, surroundings and declared tools."""
