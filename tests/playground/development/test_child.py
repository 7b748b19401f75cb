"""A process of the playground reports each exception that it logs, and its log has each traceback once."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from playground.development.child import Reports
from playground.development.failures import Failure


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """The logger of a process that reports, and what its log says."""
    written = io.StringIO()
    root, logger = logging.StreamHandler(written), logging.getLogger("reporting")
    outer = logging.getLogger("reporting.inner")
    logger.handlers, outer.handlers, logger.propagate = [root], [Reports()], False
    yield outer, written
    logger.handlers, outer.handlers, logger.propagate = [], [], True


def fail(logger: logging.Logger, text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("activity failed by a defect", extra={"activity": "count"})


def test_each_attempt_is_reported_and_the_log_has_the_traceback_of_the_first(
    log: tuple[logging.Logger, io.StringIO], capfd: pytest.CaptureFixture[str]
) -> None:
    logger, written = log

    for text in ("one", "one", "other"):
        fail(logger, text)
    logger.warning("nothing has failed")

    told = [Failure.of_report(line) for line in capfd.readouterr().out.strip("\n").split("\n")]
    assert [one and one.error for one in told] == ["ValueError: one", "ValueError: one", "ValueError: other"]
    assert written.getvalue().count("activity failed by a defect") == 3
    assert written.getvalue().count("Traceback") == 2
