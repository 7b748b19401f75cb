"""What is told of a clock that differs from this machine's. Pure."""

from __future__ import annotations

from process.checkup.finding import Outcome, failed, note, ok

TOLD, WORST = 2.0, 30.0  # seconds; Slack dates its answers in whole seconds
MEND = (
    "let the machine set its clock from the network (NTP): by it the bot knows since when it may have missed something"
)


def skew(ahead: float, whose: str) -> Outcome:
    """`ahead`: by how many seconds this machine's clock is ahead of another one; less than 0 if it is behind."""
    if abs(ahead) < TOLD:
        return ok(f"the same as {whose}, as far as can be told")
    told = f"this machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {whose}"
    return failed(told, MEND) if abs(ahead) > WORST else note(told, MEND)
