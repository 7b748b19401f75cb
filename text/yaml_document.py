"""YAML that people write: the values that JSON has, and on which line each of them stands. Pure.

What small YAML can make large is refused, and so are keys of which one would silently win. A date is the text that
stands there: nobody who writes 2026-11-27 as an argument of a tool wants anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Where = tuple[int | str, ...]  # the keys and indexes that lead to a value
LONGEST_NUMBER = 100  # digits
_TAG = "tag:yaml.org,2002:"
_OF_JSON = frozenset(_TAG + kind for kind in ("map", "seq", "str", "int", "float", "bool", "null"))


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


class _Loader(yaml.SafeLoader):
    """PyYAML's, without its dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != f"{_TAG}timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
    root, values = _read(source, above, deepest)
    if root is None:
        return YamlDocument({}, None, above)
    if not isinstance(root, yaml.MappingNode):
        line = _line(root.start_mark, above)
        raise BadYamlError(Problem(line, "", "is not a list of fields: `name: value`"))
    return YamlDocument(values, root, above)


def read_list(source: str, *, deepest: int) -> list[tuple[yaml.Node, Any]] | None:
    """Reads a list in the same way: each item with its node, which knows the lines. None if it is anything else."""
    root, values = _read(source, 0, deepest)
    if root is None:
        return []
    return list(zip(root.value, values, strict=True)) if isinstance(root, yaml.SequenceNode) else None


def _read(source: str, above: int, deepest: int) -> tuple[yaml.Node | None, Any]:
    try:
        _check_events(source, above, deepest)
        root = yaml.compose(source, Loader=_Loader)
        if root is not None and (problems := [*_doubtful_keys(root, above), *_doubtful_values(root, above)]):
            raise BadYamlError(*problems)
        return root, yaml.load(source, Loader=_Loader)  # noqa: S506  it is a SafeLoader
    except yaml.YAMLError as error:
        raise BadYamlError(_told(error, above)) from None
    except BadYamlError:
        raise
    except Exception as error:  # noqa: BLE001  PyYAML raises whatever comes for `!!int ""`, `!!bool word`
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


def _doubtful_values(node: yaml.Node, above: int) -> Iterator[Problem]:
    """Values that JSON has not, and numbers too long to be read: nobody could send them to a tool."""
    if node.tag not in _OF_JSON:
        yield Problem(_line(node.start_mark, above), "", f"holds a value of a kind that is not taken ({node.tag})")
    elif node.tag == f"{_TAG}float" and node.value.lstrip("+-").lower() in {".inf", ".nan"}:
        yield Problem(_line(node.start_mark, above), "", f"{node.value} is no number that can be used")
    elif node.tag == f"{_TAG}int" and len(node.value) > LONGEST_NUMBER:
        yield Problem(_line(node.start_mark, above), "", "holds a number that is too long")
    for inside in _children(node):
        yield from _doubtful_values(inside, above)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [value for _, value in node.value]
    return node.value if isinstance(node, yaml.SequenceNode) else []


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
