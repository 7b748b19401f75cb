"""What the playground keeps on disk is readable by its owner alone: conversations, files and tokens."""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY = 0o077  # as a umask: what this process and its children create is their owner's alone
_DIRECTORY = 0o700
_FILE = 0o600


def keep_private(directory: Path) -> None:
    """Makes the directory, and closes it and all that is in it for everybody but the owner.

    Links are not followed. Raises ValueError with a sentence if this is no directory, or somebody else's.
    """
    try:
        directory.mkdir(mode=_DIRECTORY, parents=True, exist_ok=True)
        directory.chmod(_DIRECTORY)
        for folder, _, files in os.walk(directory):
            Path(folder).chmod(_DIRECTORY)
            for name in files:
                path = Path(folder) / name
                if not path.is_symlink():
                    path.chmod(_FILE)
    except OSError as error:
        raise ValueError(_sentence(directory, Path(str(error.filename or directory)), error)) from error


def _sentence(directory: Path, place: Path, error: OSError) -> str:
    """Why the directory cannot be kept private, and what to do. `place` is the part of it that refuses."""
    if directory.exists() and not directory.is_dir():
        return f"{directory.absolute()} is no folder, and one of this name is needed: move it away"
    if not directory.exists():
        return (
            f"the folder {directory.absolute()} cannot be made ({error.strerror}): start in a folder that you may "
            "write in"
        )
    return (
        f"{place.absolute()} is not yours to change ({error.strerror}): give all of {directory} to you "
        f'(sudo chown -R "$(id -un)" {directory}), or start in another folder'
    )


def write_private(path: Path, text: str) -> None:
    """Writes a file that is never readable by others, not even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "w", encoding="utf-8") as file:
        file.write(text)
