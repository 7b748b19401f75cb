"""YAML that people write: plain values, and on which line each of them stands. Pure.

What small YAML can make large is refused, and so are keys of which one would silently win.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Where = tuple[int | str, ...]  # the keys and indexes that lead to a value


@dataclass(frozen=True)
class Problem:
    """Something to put right. `field` is "" if it is about the document as a whole."""

    line: int
    field: str
    message: str


class BadYamlError(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True)
class YamlDocument:
    """`values` are what it says; `above` is the number of lines of the file that stand before it."""

    values: Mapping[str, Any]
    root: yaml.Node | None = None
    above: int = 0

    def line(self, where: Where) -> int:
        """The line of a value, or of what it would stand in if it is missing; counted from 1."""
        node, line = self.root, max(self.above, 1)
        for step in where:
            found = _inside(node, step)
            if found is None:
                break
            line, node = _line(found[0].start_mark, self.above), found[1]
        return line


def read(source: str, *, above: int = 0, deepest: int) -> YamlDocument:
    """Reads one document of fields. Raises BadYamlError. Its time grows with the text, and no faster.

    `above` lines of the file stand before the source. More than `deepest` levels are refused.
    """
    try:
        _check_events(source, above, deepest)
        root = yaml.compose(source, Loader=yaml.SafeLoader)
        if root is None:
            return YamlDocument({}, None, above)
        if not isinstance(root, yaml.MappingNode):
            line = _line(root.start_mark, above)
            raise BadYamlError(Problem(line, "", "is not a list of fields: `name: value`"))
        if problems := list(_doubtful_keys(root, above)):
            raise BadYamlError(*problems)
        return YamlDocument(yaml.safe_load(source), root, above)
    except yaml.YAMLError as error:
        raise BadYamlError(_told(error, above)) from None
    except BadYamlError:
        raise
    except Exception as error:  # noqa: BLE001  PyYAML raises whatever comes for `!!int ""`, `!!bool word`, 31 February
        why = f"holds a value that cannot be read ({type(error).__name__})"
        raise BadYamlError(Problem(above + 1, "", why)) from None


def _check_events(source: str, above: int, deepest: int) -> None:
    """Refuses what small YAML can make large: aliases, and levels without end."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = _line(event.start_mark, above)
        if isinstance(event, yaml.AliasEvent):
            raise BadYamlError(Problem(line, "", "aliases (*name) are not taken: write the value out"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > deepest:
            raise BadYamlError(Problem(line, "", f"has more than {deepest} levels"))


def _doubtful_keys(node: yaml.Node, above: int, path: Sequence[str] = ()) -> Iterator[Problem]:
    """Keys that stand twice, of which YAML would take the last one, and keys that are no words."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _doubtful_keys(item, above, [*path, str(index + 1)])
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set()
    for key, value in node.value:
        line = _line(key.start_mark, above)
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            yield Problem(line, ".".join(path), "has a name that is no plain word")
            continue
        name = ".".join([*path, key.value])
        if key.value in seen:
            yield Problem(line, name, "stands here twice")
        seen.add(key.value)
        yield from _doubtful_keys(value, above, [*path, key.value])


def _line(mark: Any, above: int) -> int:
    """The line in the file."""
    return (mark.line if mark else 0) + above + 1


def _told(error: yaml.YAMLError, above: int) -> Problem:
    """PyYAML's own words, without the piece of the file that it repeats."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "is not YAML"
    return Problem(_line(mark, above), "", f"cannot be read as YAML: {reason}")


def _inside(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node that names the step, and the node that it leads to; None if there is nothing."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    return None
