"""Recorded answers and events of the real services. They are not part of the project: a user's clone has none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from playground.processes import ROOT

RECORDINGS = ROOT.parent / "shared" / "data"


def recording(name: str) -> Path:
    """Where the recordings of this name are, if they are there."""
    return RECORDINGS / name


def fields(value: object, opaque: Collection[str], path: str = "") -> Iterator[str]:
    """The paths of all fields, such as `event.files[].id`. What is in the `opaque` fields is left out."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield f"{path}{name}"
            if name not in opaque:
                yield from fields(item, opaque, f"{path}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from fields(item, opaque, f"{path.removesuffix('.')}[].")
