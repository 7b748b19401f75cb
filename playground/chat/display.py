"""What a terminal shows of the changes in Slack: each message once, a message that grows line by line."""

from __future__ import annotations

from collections.abc import Callable

from emulators.slack.state.changes import Change
from playground.chat.streamed_lines import new_lines, whole_lines


class Display:
    """Shows changes to one person, in the channel in which they are. `tell` writes, `name` names an author."""

    def __init__(self, user: str, tell: Callable[[str], None], name: Callable[[str], str]) -> None:
        self.channel = ""
        self.threads: list[Change] = []  # the first message of each thread
        self.growing: dict[str, Change] = {}  # the last change of each message that is being streamed, by its ts
        self._user = user
        self._tell = tell
        self._name = name
        self._shown: dict[str, str] = {}  # the text that was shown of each message, by its ts

    def note(self, change: Change) -> None:
        """Remember a change without showing it."""
        if change.kind == "message" and change.ts == change.thread_ts:
            self.threads.append(change)
        if change.ts:
            self._shown[change.ts] = whole_lines(change)
            self.growing.pop(change.ts, None)
        if change.is_growing:
            self.growing[change.ts] = change

    def show(self, change: Change) -> None:
        before, is_growth = self._shown.get(change.ts, ""), change.ts in self.growing
        self.note(change)
        text = self._shown.get(change.ts, "")
        if change.channel != self.channel or change.author == self._user or change.to not in ("", self._user):
            return
        author = self._name(change.author)
        if change.kind == "status":
            self._tell(f"  … {change.text}" if change.text else "")
        elif change.kind == "message_deleted":
            self._tell(f"{author} took back: {change.text}")
        elif is_growth and before:
            self._tell(new_lines(before, text))
        elif text != before:
            self._tell(f"{author}{_mark(change, is_growth=is_growth)}: {text}")


def _mark(change: Change, *, is_growth: bool) -> str:
    if change.kind == "ephemeral":
        return " (only you see this)"
    return "" if change.kind == "message" or is_growth else f" ({change.kind.removeprefix('message_')})"
