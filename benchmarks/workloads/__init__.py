"""What is done with the contenders while they are measured, one module for each kind of load.

`turns` asks one question at a time, `crowds` asks in many threads at once, `long_conversations` and
`open_conversations` grow, `restarts` starts, kills and ends processes. `real` does it all at the speed of real models.
Each adds its values to `Measurements` and names the conditions under which they were taken; `resources` is what a
contender has used so far.
What does not belong here: how much is done (`plan`), in which order (`session`), and judging the values (`report/`).
"""
