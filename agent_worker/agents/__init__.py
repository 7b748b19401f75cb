"""The agents, a file each: how the files are read, which agent answers where, what applies to each, and why.

`front_matter` and `agent_file` read one file, `folder` all of them, again when they change. `agents` is what the
activities ask. `catalog` and `publication` tell the bot, through the workflow of `workflow`. `__main__` is the command
that checks the files.
"""
