"""The YAML between two lines of `---` at the top of a file: plain values, and on which line each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text import yaml_document
from text.yaml_document import BadYamlError, Problem, Where, YamlDocument

FENCE = "---"
LARGEST_YAML = 16 * 1024  # characters
DEEPEST = 8  # levels; the fields need three
NOTHING = YamlDocument({})


class BadFrontMatterError(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class FrontMatter:
    """What the YAML says; `body` is the text after it."""

    body: str
    document: YamlDocument = NOTHING

    @property
    def values(self) -> Mapping[str, Any]:
        return self.document.values

    def line(self, where: Where) -> int:
        """The line of a value, or of what it would stand in if it is missing; counted from 1."""
        return self.document.line(where)


def read(text: str) -> FrontMatter:
    """Takes a file apart. Raises BadFrontMatterError. Its time grows with the text, and no faster."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        _check_has_none(lines)
        return FrontMatter(text)
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise BadFrontMatterError(Problem(1, "", f"the front matter has no end: a line {FENCE} is missing"))
    source, body = "".join(lines[1:end]), "".join(lines[end + 1 :])
    if len(source) > LARGEST_YAML:
        raise BadFrontMatterError(Problem(1, "", f"the front matter is longer than {LARGEST_YAML // 1024} KB"))
    try:
        return FrontMatter(body, yaml_document.read(source, above=1, deepest=DEEPEST))
    except BadYamlError as error:
        raise BadFrontMatterError(*error.problems) from None


def _check_has_none(lines: Sequence[str]) -> None:
    """Fields that do not begin in the first line would be read as instructions, and limit nothing."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].strip().startswith(FENCE):
        raise BadFrontMatterError(Problem(first + 1, "", f"the front matter begins with {FENCE} alone in line 1"))
