"""The process that thinks, acts and speaks: `python -m agent_worker`.

Packages import downwards only (pyproject.toml holds the layers):

    workflow     what happens next: deterministic, no I/O       activities   how it is done: all I/O
    gemini, slack, tools     the adapters, and the tools        toolbox      what a tool is
    conversation             the conversation as plain data
    payloads                 what crosses between workflow and activities, stored in history
    contract                 what the bot shares with the worker, stored in history

Beside the packages stand the commands (`ask`, `erase`, `evaluate`), the settings, the worker that is made of all this
(`composition`), and what is read from a conversation's history (`turn_history`).
"""
