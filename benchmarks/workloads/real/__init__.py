"""Turns at the speed of real models, with the sizes of real answers and with Slack's own limits.

`one_thread` runs one turn at a time, `many_threads` lets many people ask in the course of some time. `moments` says how
long people waited for what, `usage` what was used meanwhile, `comparison` how much longer the product takes than plain;
`names` has the names of all these values.
What does not belong here: the stubs that have this speed (`stubs/`), and what may be billed (`measurements/`).
"""
