"""How messages get to an MCP server and back: to a program behind `guardian`, or to a URL.

`stdio` and `http` carry them, `lines` holds against what a program may write, `failures` says what has become of a
call. What does not belong here: what the messages say (`calls`, `listing`, `results`).
"""
