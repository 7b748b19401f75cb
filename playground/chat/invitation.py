"""How the chat in a terminal finds the playground that runs here: its address and its token, in a private file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from playground.private_files import write_private

PLACE = Path(".run") / "playground" / "chat.json"  # in the working directory


@dataclass(frozen=True)
class Invitation:
    """The address of the local Slack, and the token of its control API. Both are new for each run."""

    url: str
    token: str

    def leave(self, place: Path = PLACE) -> None:
        write_private(place, json.dumps(asdict(self)))


def find_invitation(place: Path = PLACE) -> Invitation | None:
    """None if no playground runs here, or none has run yet."""
    try:
        return Invitation(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
