"""The quotas: how many turns each person, and the whole workspace, may have within an hour.

`workflow` keeps the count in Temporal, `usage` is the counting itself, and `reservations` is how an activity asks. The
workflow and the activity side never import each other; what they exchange is in `payloads`. Whatever else is to be
counted for a person or a workspace (money, for example) belongs into `Usage`.
"""
