"""What the page is told of a process that does not come up, and of one that does."""

from __future__ import annotations

from playground.development.failures import Failure, Place
from playground.development.process_notices import ProcessNotices
from playground.page.notices import Notices

LOOP = Failure("", "It has not come to the end of loop.py yet.", Place("agent_worker/tools/loop.py", 2), goes_on=True)


def test_a_worker_that_is_still_importing_a_tool_is_told_with_the_line_until_it_is_up() -> None:
    notices = Notices()
    worker = ProcessNotices("worker", notices)
    worker.starting()

    assert worker.failed(LOOP) == "is not up yet: it is at agent_worker/tools/loop.py:2"
    (told,) = notices.shown
    assert (told.kind, told.place, told.detail) == ("not_started", str(LOOP.place), LOOP.error)

    worker.up(1)
    assert notices.shown == []
