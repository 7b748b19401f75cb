"""Cases are played with the agent: the real workflow, worker and bot, in a Slack of each case's own.

`command` is what `python -m agent_worker.evaluate` runs, and `trial` is one case of it. `surroundings` is what all
cases share, `world` what each has for itself (`bot`, `stand_ins`), and `play` talks with the agent there. `checks` and
`judge` say what came of it, and `table` and `junit` tell it.
"""
