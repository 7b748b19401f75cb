"""What is measured: values and their statistics, the costs of processes, and the costs of turns in Temporal.

`measurements` collects the values of a session, `statistics` sums them up, `processes` reads CPU time and memory,
`temporal_costs` reads a turn's costs from its history, `temporal_server` is a dev server that counts its actions,
`model_costs` says what calls of the model cost.
What does not belong here: what is done to get the values (`workloads/`), and how they are shown (`report/`).
"""
