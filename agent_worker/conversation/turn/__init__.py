"""One turn in progress, as plain data: what it answers, what the thread shows of it, how often it asked. Pure."""
