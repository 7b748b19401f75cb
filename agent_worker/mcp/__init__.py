"""Tools of MCP servers (https://modelcontextprotocol.io): read from `mcp.json`, kept connected, called, and bounded.

`configuration` reads the file, and `secrets` hides what must not leave the worker. `connection` carries messages.
`server` keeps one server connected, `listing` takes its list of tools, `calls` calls one. `schema`, `tools`, `results`
and `attachments` translate between the protocol and the model; `source` is what the toolbox sees.
`python -m agent_worker.mcp check` prints all of it.
What does not belong here: which agent may use which tool (the agents), and the policies of our own tools (`toolbox/`).
"""
