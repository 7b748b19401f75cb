"""What the agent says of itself when somebody mentions it and says nothing else."""

from __future__ import annotations

from collections.abc import Sequence


def greeting(abilities: Sequence[str]) -> str:
    """Markdown; `abilities` are the tools' own short summaries."""
    lines = [
        "Hello! Ask me something in this thread, and I will answer here. What you write later in it, I read as well."
    ]
    if abilities:
        lines += ["", "I can look up:", *(f"- {ability}" for ability in abilities)]
    return "\n".join(lines)
