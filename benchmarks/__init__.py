"""`make bench`: how fast the product is, what it costs and how it recovers, beside two references.

`session` runs what `plan` lists. `contenders` runs the product and the references (`references`), each as processes of
its own on the stand-ins of `stubs`. `workloads` is what is done with them, `measurements` what is measured, `report`
what is printed and written to `results`. docs/benchmarks.md holds the numbers and their reasons.
What does not belong here: tests of behaviour (`tests/`), and the emulators that the stubs build on (`emulators/`).
"""
