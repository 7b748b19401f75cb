"""The loop of whoever writes tools and agents: a file is saved, the worker starts again, and the page says what failed.

`watched_files` sees what was saved, `changes` when a save is complete, `restarts` which process has to start again. A
`warm_process` starts again quickly, because a `spare` one waits beside it. `child` runs the worker or the bot and
reports what fails in it as a `failures.Failure`. What the page shows of this stands in `playground/page/notices.py`.
"""
