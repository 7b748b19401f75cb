"""Checks that are run to their end, and what they have found."""

from __future__ import annotations

from collections.abc import Sequence

from process.checkup.checks import Check, results
from process.checkup.finding import Finding


async def found(checks: Sequence[Check]) -> dict[str, Finding]:
    """All findings, in their order, by what they are about."""
    return {finding.check: finding async for _, findings in results(checks) for finding in findings}


def states(findings: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.state for name, finding in findings.items()}
