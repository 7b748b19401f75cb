"""What is made of the measurements: a table for the terminal, targets that are reached or missed, and a JSON file.

`table` prints, `targets` and `real_targets` judge each `target`, `results` writes the file with the machine and the
versions that were measured.
What does not belong here: taking values (`workloads/`) and their statistics (`measurements/`).
"""
