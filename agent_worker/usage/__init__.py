"""`python -m agent_worker.usage`: what turns have cost, by person, channel, agent, model and day.

Nothing else imports it. `costs` reads what conversations have kept, and `lines` makes what is printed.
"""
