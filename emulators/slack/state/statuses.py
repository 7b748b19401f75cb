"""Status lines and agent sessions: what a thread shows of the agent's work, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulators.slack.clock import Clock, Timer
from emulators.slack.state.changes import ChangeLog

STATUS_SECONDS = 120.0
PROCESSING_SECONDS = 3_600.0

ThreadKey = tuple[str, str]  # channel, thread_ts


@dataclass
class Session:
    """An agent session as Slack shows it. `status`: active, processing, suspended or closed."""

    status: str = "active"
    title: str = ""


class Statuses:
    """One status line and one session for each thread. A status line moves the session along, too."""

    def __init__(self, clock: Clock, changes: ChangeLog) -> None:
        self._clock = clock
        self._changes = changes
        self._texts: dict[ThreadKey, str] = {}
        self._timers: dict[tuple[str, ThreadKey], Timer] = {}
        self._log: list[tuple[ThreadKey, float, str]] = []
        self.sessions: dict[ThreadKey, Session] = {}

    def text(self, channel: str, thread_ts: str) -> str:
        """The status line of the thread, "" if there is none."""
        return self._texts.get((channel, thread_ts), "")

    @property
    def lines(self) -> dict[ThreadKey, str]:
        """All status lines that show now."""
        return dict(self._texts)

    def log(self, channel: str, thread_ts: str) -> list[tuple[float, str]]:
        """Each change of the thread's status line with its time; "" is the line disappearing."""
        return [(time, status) for key, time, status in self._log if key == (channel, thread_ts)]

    def set_text(self, channel: str, thread_ts: str, status: str) -> None:
        """Show a status line for two minutes; "" takes it away. The session becomes processing or active."""
        key = (channel, thread_ts)
        self._show(key, status)
        if status:
            self._after("text", key, STATUS_SECONDS, lambda: self._show(key, ""))
        self._set_session(key, "processing" if status else "active")

    def clear_text(self, channel: str, thread_ts: str) -> None:
        """Take the status line away, as each post of the app in the thread does."""
        self._show((channel, thread_ts), "")

    def set_session(self, channel: str, thread_ts: str, status: str, title: str | None = None) -> Session:
        """Change the session. If there is none, create it with the title; an existing session keeps its title."""
        key = (channel, thread_ts)
        if key not in self.sessions:
            self.sessions[key] = Session(title=title or "")
        self._set_session(key, status)
        if status != "processing":
            self._show(key, "")
        return self.sessions[key]

    def rename(self, channel: str, thread_ts: str, title: str) -> str | None:
        """Give the session a title. Returns the previous one, or None if the thread has no session."""
        session = self.sessions.get((channel, thread_ts))
        if session is None:
            return None
        previous, session.title = session.title, title
        self._changes.nudge()
        return previous

    def _set_session(self, key: ThreadKey, status: str) -> None:
        session = self.sessions.setdefault(key, Session())
        session.status = status
        self._cancel("session", key)
        if status == "processing":
            self._after("session", key, PROCESSING_SECONDS, lambda: self._set_session(key, "active"))
        self._changes.nudge()

    def _show(self, key: ThreadKey, status: str) -> None:
        self._cancel("text", key)
        if not status and not self._texts.pop(key, ""):
            return
        if status:
            self._texts[key] = status
        now = self._clock.now()
        self._log.append((key, now, status))
        self._changes.add("status", time=now, channel=key[0], thread_ts=key[1], text=status, from_app=True)

    def _after(self, kind: str, key: ThreadKey, seconds: float, action: Callable[[], None]) -> None:
        self._timers[(kind, key)] = self._clock.call_after(seconds, action)

    def _cancel(self, kind: str, key: ThreadKey) -> None:
        timer = self._timers.pop((kind, key), None)
        if timer is not None:
            timer.cancel()
