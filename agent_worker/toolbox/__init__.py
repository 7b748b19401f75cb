"""How tools are written, checked and run. A new tool is one file in `agent_worker/tools/` and changes nothing here.

Authors of tools import `tool` (the decorator, its errors, a tool's settings), `sources` (links for people),
`http_request` (requests that tell final answers from passing ones) and `call_key` (what names one call). The rest is
for the worker: `signature` reads a function's arguments, `definition` is one checked tool, `toolbox` all of them,
`open_toolbox` runs a call.
What does not belong here: anything about one particular service (`tools/`), Slack (`slack/`) or Gemini (`gemini/`).
"""
