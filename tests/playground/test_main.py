"""`make run` opens a browser if a person sits at a screen, and not otherwise."""

from __future__ import annotations

import io
import sys

import pytest

from playground.__main__ import _has_browser


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("output", "platform", "display", "expected"),
    [
        (Terminal(), "linux", ":0", True),
        (Terminal(), "darwin", "", True),
        (Terminal(), "linux", "", False),
        (io.StringIO(), "linux", ":0", False),
    ],
    ids=["a screen", "a Mac", "a terminal on a server", "output into a file"],
)
def test_a_browser_is_opened_where_somebody_sees_it(
    monkeypatch: pytest.MonkeyPatch, output: io.StringIO, platform: str, display: str, *, expected: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    assert _has_browser() is expected
