"""The file `.env`: a setting on each line. What cannot be read is told without its text, which may be a secret."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

DOTENV = ".env"
ENCODING = "utf-8-sig"  # UTF-8, also with the mark that Windows' editors put in front


def read() -> dict[str, str]:
    """The settings in the file, those without a value left out; none if there is no file.

    Raises ValueError with a sentence if the file cannot be read, or a line of it cannot be understood.
    """
    if not Path(DOTENV).exists():
        return {}
    try:
        text = Path(DOTENV).read_text(encoding=ENCODING)
    except OSError as error:
        raise ValueError(f"{DOTENV} cannot be read ({error.strerror}): give it to you, or move it away") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{DOTENV} is no text in UTF-8: save it as UTF-8") from error
    wrong = [str(_line_of(binding)) for binding in parse_stream(StringIO(text)) if binding.error]
    if wrong:
        raise ValueError(f"{DOTENV}, line {', '.join(wrong)}: NAME=value is expected, with both quotes or none")
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def _line_of(binding: Binding) -> int:
    """The number of the line that the setting is on: the parser counts the empty lines before it as part of it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
