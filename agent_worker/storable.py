"""What Temporal can store and read again: text that UTF-8 can write, and JSON that is not too deep."""

from __future__ import annotations

# Levels of lists and objects in each other. Temporal's data converter writes about 250 of them and reads about 200
# (measured with pydantic 2.14): what is between the two is stored, and then fails every workflow task that reads it.
DEEPEST = 100


def writable(text: str) -> str:
    """`text` with a question mark for each half of a surrogate pair, which Temporal and Slack refuse."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def is_too_deep(value: object) -> bool:
    """Whether a JSON value has more than DEEPEST levels, in itself no recursion."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
