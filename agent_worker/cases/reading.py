"""Cases as files of YAML: all of them are read, and every problem is named with its file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent_worker.cases.case import Case
from text import yaml_document
from text.yaml_document import BadYamlError, YamlDocument

SUFFIXES = (".yaml", ".yml")
LARGEST_CASE = 1024 * 1024  # bytes
LARGEST_FILE = 10 * 1024 * 1024  # bytes of a file that comes with a message
DEEPEST = 30  # levels; what a tool returns may be deep
_OF_PYDANTIC = ("[key]",)  # a step of pydantic's that is none in the file


@dataclass(frozen=True)
class ReadCase:
    """A case, and where it was read."""

    path: Path
    case: Case
    document: YamlDocument

    @property
    def name(self) -> str:
        return self.path.stem

    def problem(self, message: str, *where: int | str) -> str:
        """A sentence about the value at `where`, with file and line."""
        return _told(self.path, self.document.line(where), _field(where), message)


def read(paths: Iterable[Path]) -> tuple[list[ReadCase], list[str]]:
    """The cases in these files, and in the folders among them, and a sentence for each problem of all of them."""
    cases: list[ReadCase] = []
    problems: list[str] = []
    for path in paths:
        found = list(_files(path))
        if not found:
            problems.append(f"{path}: {'holds no case (*.yaml)' if path.is_dir() else 'is not there'}")
        for file in found:
            one, wrong = _read(file)
            cases += [one] if one is not None else []
            problems += wrong
    return cases, [*problems, *_same_names(cases)]


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.iterdir() if one.suffix in SUFFIXES and not one.name.startswith("."))
    elif path.exists():
        yield path


def _read(path: Path) -> tuple[ReadCase | None, list[str]]:
    try:
        data = path.read_bytes()
        if len(data) > LARGEST_CASE:
            return None, [f"{path}: is larger than {LARGEST_CASE // 1024} KB"]
        document = yaml_document.read(data.decode("utf-8-sig"), deepest=DEEPEST)
    except OSError as error:
        return None, [f"{path}: cannot be read ({type(error).__name__})"]
    except UnicodeDecodeError as error:
        return None, [_told(path, data.count(b"\n", 0, error.start) + 1, "", "is not UTF-8 text")]
    except BadYamlError as error:
        return None, [_told(path, one.line, one.field, one.message) for one in error.problems]
    try:
        case = ReadCase(path, Case.model_validate(document.values), document)
    except ValidationError as error:
        return None, [_problem(path, document, dict(one)) for one in error.errors(include_url=False)]
    return case, list(_missing_files(case))


def _missing_files(one: ReadCase) -> Iterator[str]:
    for at, message in enumerate(one.case.messages):
        for number, file in enumerate(message.files):
            where = ("messages", at, "files", number)
            beside = one.path.parent / file.path
            if file.path and not beside.is_file():
                yield one.problem(f"there is no file {beside}", *where)
            elif file.path and beside.stat().st_size > LARGEST_FILE:
                yield one.problem(f"{beside} is larger than {LARGEST_FILE // 1024 // 1024} MB", *where)


def _same_names(cases: Sequence[ReadCase]) -> Iterator[str]:
    """The report names cases by their files' names."""
    first: dict[str, ReadCase] = {}
    for one in cases:
        known = first.setdefault(one.name, one)
        if known is not one:
            yield f"{one.path}: another case has this name: {known.path}"


def _problem(path: Path, document: YamlDocument, detail: Mapping[str, Any]) -> str:
    where = tuple(step for step in detail["loc"] if step not in _OF_PYDANTIC)
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = "is not a field here (docs/evaluations.md lists them)"
    return _told(path, document.line(where), _field(where), message)


def _field(where: Sequence[int | str]) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in where)


def _told(path: Path, line: int, field: str, message: str) -> str:
    return ": ".join(filter(None, [f"{path}:{line}", field, message]))
