"""The YAML between two lines of `---` at the top of a file: plain values, and on which line each of them stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

FENCE = "---"
LARGEST_YAML = 16 * 1024  # characters
DEEPEST = 8  # levels; the fields need three
Where = tuple[int | str, ...]  # the keys and indexes that lead to a value


@dataclass(frozen=True)
class Problem:
    """Something to put right. `field` is "" if it is about the file as a whole."""

    line: int
    field: str
    message: str


class BadFrontMatterError(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class FrontMatter:
    """`values` are what the YAML says; `body` is the text after it."""

    values: Mapping[str, Any]
    body: str
    root: yaml.Node | None = None

    def line(self, where: Where) -> int:
        """The line of a value, or of what it would stand in if it is missing; counted from 1."""
        node, line = self.root, 1
        for step in where:
            found = _inside(node, step)
            if found is None:
                break
            line, node = _line(found[0].start_mark), found[1]
        return line


def read(text: str) -> FrontMatter:
    """Takes a file apart. Raises BadFrontMatterError. Its time grows with the text, and no faster."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        _check_has_none(lines)
        return FrontMatter({}, text)
    end = next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise BadFrontMatterError(Problem(1, "", f"the front matter has no end: a line {FENCE} is missing"))
    source, body = "".join(lines[1:end]), "".join(lines[end + 1 :])
    if len(source) > LARGEST_YAML:
        raise BadFrontMatterError(Problem(1, "", f"the front matter is longer than {LARGEST_YAML // 1024} KB"))
    root, values = _parsed(source)
    return FrontMatter(values, body, root)


def _check_has_none(lines: Sequence[str]) -> None:
    """Fields that do not begin in the first line would be read as instructions, and limit nothing."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].strip().startswith(FENCE):
        raise BadFrontMatterError(Problem(first + 1, "", f"the front matter begins with {FENCE} alone in line 1"))


def _parsed(source: str) -> tuple[yaml.Node | None, Mapping[str, Any]]:
    try:
        _check_events(source)
        root = yaml.compose(source, Loader=yaml.SafeLoader)
        if root is None:
            return None, {}
        if not isinstance(root, yaml.MappingNode):
            raise BadFrontMatterError(Problem(_line(root.start_mark), "", "is not a list of fields: `name: value`"))
        if problems := list(_doubtful_keys(root)):
            raise BadFrontMatterError(*problems)
        return root, yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise BadFrontMatterError(_told(error)) from None
    except BadFrontMatterError:
        raise
    except Exception as error:  # noqa: BLE001  PyYAML raises whatever comes for `!!int ""`, `!!bool word`, 31 February
        raise BadFrontMatterError(
            Problem(2, "", f"holds a value that cannot be read ({type(error).__name__})")
        ) from None


def _check_events(source: str) -> None:
    """Refuses what small YAML can make large: aliases, and levels without end."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            raise BadFrontMatterError(Problem(line, "", "aliases (*name) are not taken: write the value out"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadFrontMatterError(Problem(line, "", f"has more than {DEEPEST} levels"))


def _doubtful_keys(node: yaml.Node, path: Sequence[str] = ()) -> Iterator[Problem]:
    """Keys that stand twice, of which YAML would take the last one, and keys that are no words."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _doubtful_keys(item, [*path, str(index + 1)])
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, value in node.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            yield Problem(line, ".".join(path), "has a name that is no plain word")
            continue
        name = ".".join([*path, key.value])
        if key.value in seen:
            yield Problem(line, name, "stands here twice")
        seen.add(key.value)
        yield from _doubtful_keys(value, [*path, key.value])


def _line(mark: Any) -> int:
    """The line in the file: one line of `---` stands before the YAML."""
    return mark.line + 2 if mark else 2


def _told(error: yaml.YAMLError) -> Problem:
    """PyYAML's own words, without the piece of the file that it repeats."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "is not YAML"
    return Problem(_line(mark), "", f"cannot be read as YAML: {reason}")


def _inside(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that names the step, and the node that it leads to; None if there is nothing."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    return None
