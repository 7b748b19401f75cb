"""The agent's tools, one file each. To add one, write a file here and its test; nothing else changes.

A tool is an async function with the decorator `@tool` of `agent_worker.toolbox.tool`. The model reads its name, its
arguments and its docstring. After a `*` it names what the worker gives it: an `httpx.AsyncClient`, or its own
`ToolSettings`. It raises `ToolError` for a final answer, `ToolUnavailableError` when another attempt may help.
Every file here must hold at least one tool, unless its name begins with `_`.
What does not belong here: code that more than one tool needs, which goes to `agent_worker/toolbox/`.
"""
