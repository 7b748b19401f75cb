"""The quotas and budgets: how many turns people may have within an hour, and how many dollars they may cost in a day.

`workflow` keeps the count in Temporal, `usage` counts turns, `ledger` counts money, and `reservations` is how an
activity asks. The workflow and the activity side never import each other; what they exchange is in `payloads`.
"""
