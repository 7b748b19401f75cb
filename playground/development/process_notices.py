"""What the page is told of one process: why it was restarted, why it does not start, and what failed in it."""

from __future__ import annotations

import time

from agent_worker.contract.names import thread_of
from playground.development.failures import Failure
from playground.page.notices import Notices
from playground.processes import ROOT
from process.settings import BAD_SETTINGS
from text.lines import cut

KEPT_LINES = 200  # of the log since the last start
LONGEST_DETAIL = 2_000  # characters


class ProcessNotices:
    """`label` is what the process is called, "worker" or "bot"."""

    def __init__(self, label: str, notices: Notices) -> None:
        self._label = label
        self._notices = notices
        self._log: list[str] = []
        self._failure: Failure | None = None  # the newest since the last start
        self._asked_for: tuple[str, float] | None = None  # why it was restarted last, and when
        self._is_up = False

    def restarting(self, reason: str) -> None:
        """It is restarted by somebody's wish; `reason` is a clause such as "tool.py has changed"."""
        self._asked_for = (reason, time.monotonic())

    def starting(self) -> None:
        self._log.clear()
        self._failure, self._is_up = None, False

    def line(self, line: str) -> None:
        """It has written a line of its log."""
        self._log = [*self._log[1 - KEPT_LINES :], line]

    def failed(self, failure: Failure) -> str:
        """It has reported a failure. Returns a sentence for the terminal, without what the exception quotes."""
        if failure.goes_on:
            title = f"The {self._label} is not up yet. It is started again when a file has changed."
            self._put_start(title, failure)
            return f"is not up yet: it is at {failure.place}"
        self._failure = failure
        if self._is_up:
            self._put(failure)
        kind, _, _ = failure.error.partition(":")
        where = f" at {failure.place}" if failure.place.file else ""
        return f"{failure.what or 'It failed'}: {kind}{where}"

    def _put(self, failure: Failure) -> None:
        what = failure.what or f"The {self._label} failed"
        thread = thread_of(failure.workflow_id)
        self._notices.put(
            f"failed {what} {failure.place} {failure.error}",
            "failed",
            what,
            detail=failure.error,
            place=str(failure.place),
            code=failure.place.code,
            thread=(thread.channel, thread.thread_ts) if thread and thread.in_slack else ("", ""),
        )

    def up(self, starts: int) -> None:
        """It is up; `starts` counts how often it was started."""
        self._is_up = True
        self._notices.drop(self._label)
        if self._asked_for is None:
            return
        reason, since = self._asked_for
        told = f"{reason}: the {self._label} was started again, in {time.monotonic() - since:.1f} s."
        self._notices.put(f"{self._label} {starts}", "restarted", told)
        self._asked_for = None

    def not_started(self, code: int) -> None:
        """It has ended with `code` before it was up, and will not be started again before a file has changed."""
        title = f"The {self._label} does not start. It is started again when a file has changed."
        if code == BAD_SETTINGS:
            problems = [line.strip() for line in self._log if line.startswith("  ")] or self._log
            detail = "\n".join(problems).replace(f"{ROOT}/", "")
            self._notices.put(self._label, "not_started", title, detail=cut(detail, LONGEST_DETAIL))
            return
        self._put_start(title, self._failure or Failure.of_log(self._log))

    def _put_start(self, title: str, failure: Failure) -> None:
        place = failure.place
        self._notices.put(self._label, "not_started", title, detail=failure.error, place=str(place), code=place.code)
