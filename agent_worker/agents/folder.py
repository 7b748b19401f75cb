"""The folder of the agents' files: read at the start, and again when something in it has changed."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent_worker.agents import agent_file
from agent_worker.agents.agent_file import LARGEST_FILE, NAME, AgentFile
from agent_worker.agents.front_matter import BadFrontMatterError
from agent_worker.contract.agent_choice import DEFAULT_AGENT, is_glob
from process.log_records import Translated
from text.yaml_document import Problem

SUFFIX = ".md"
MOST_AGENTS = 200
LOOKS_EVERY = 1.0  # seconds; at most so often the folder is looked at
Stamp = tuple[tuple[str, ...] | tuple[str, int, int, int, int], ...]  # of each file (`_stamp_of`)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileProblem:
    """What is to be put right, and where; without a `line` it is about the folder."""

    path: str
    message: str
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return ": ".join(filter(None, [where, self.field, self.message]))

    @property
    def facts(self) -> dict[str, object]:
        """For the log."""
        return {"file": self.path, "line": self.line, "field": self.field, "problem": Translated(self.message)}


@dataclass(frozen=True)
class Reading:
    """What the folder holds: the good files by agent, the names of the bad ones, and all problems."""

    agents: Mapping[str, AgentFile] = field(default_factory=dict)
    bad: frozenset[str] = frozenset()
    problems: Sequence[FileProblem] = ()
    conflicts: Sequence[FileProblem] = ()  # between files that are good by themselves


def read_folder(directory: Path, instructions: str = "") -> Reading:
    """Reads every file. `instructions` are for an agent whose file has none.

    Raises OSError if the folder cannot be read.
    """
    agents: dict[str, AgentFile] = {}
    bad: dict[str, list[FileProblem]] = {}
    paths = _paths(directory)
    if len(paths) > MOST_AGENTS:
        return Reading(conflicts=[FileProblem(str(directory), f"holds more than {MOST_AGENTS} agents")])
    for path in paths:
        try:
            one = _read(path)
            if not (one.instructions or instructions.strip()):
                raise BadFrontMatterError(Problem(1, "", "has no instructions, and AGENT_INSTRUCTIONS is not set"))
            agents[path.stem] = one
        except BadFrontMatterError as error:
            bad[path.stem] = [FileProblem(str(path), one.message, one.line, one.field) for one in error.problems]
    return _put_together(directory, agents, bad, instructions)


def _put_together(
    directory: Path,
    agents: dict[str, AgentFile],
    bad: Mapping[str, Sequence[FileProblem]],
    instructions: str,
) -> Reading:
    """Without a file, the default agent has the `instructions` and nothing else."""
    has_default = DEFAULT_AGENT in {*agents, *bad}
    if not has_default and instructions.strip():
        agents = {**agents, DEFAULT_AGENT: AgentFile(DEFAULT_AGENT, "", agent_file.AgentFields())}
    conflicts = _conflicts(agents.values())
    if not has_default and not instructions.strip():
        missing = directory / f"{DEFAULT_AGENT}{SUFFIX}"
        conflicts.append(FileProblem(str(missing), "is missing, and AGENT_INSTRUCTIONS is not set"))
    return Reading(agents, frozenset(bad), [one for each in bad.values() for one in each], conflicts)


def _paths(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.iterdir()) if path.suffix == SUFFIX and not path.name.startswith(".")]


def _read(path: Path) -> AgentFile:
    if not NAME.fullmatch(path.stem):
        raise BadFrontMatterError(Problem(1, "", "the name of an agent is made of a-z, 0-9 and -, at most 40 of them"))
    try:
        return agent_file.read(path.stem, str(path), _bytes(path))
    except OSError as error:
        raise BadFrontMatterError(Problem(1, "", f"cannot be read ({type(error).__name__})")) from None


def _bytes(path: Path) -> bytes:
    """At most one byte more than a file may have."""
    if not _resolved(path).is_relative_to(path.parent.resolve()):
        raise BadFrontMatterError(Problem(1, "", "is a link that leads out of the folder"))
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for its writer
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BadFrontMatterError(Problem(1, "", "is not a file"))
        return file.read(LARGEST_FILE + 1)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError:  # this is how pathlib tells of a loop
        raise BadFrontMatterError(Problem(1, "", "is a link that leads to itself")) from None


def _conflicts(agents: Iterable[AgentFile]) -> list[FileProblem]:
    """Channels that several agents claim in the same words. Whether two globs meet is seen where they are used."""
    claimed: dict[str, AgentFile] = {}
    found = []
    for one in agents:
        for channel in dict.fromkeys(one.fields.channels):
            other = claimed.setdefault(channel, one)
            if other is not one:
                kind = "the glob" if is_glob(channel) else "the channel"
                message = f"{kind} {channel} is claimed by {other.path} too"
                found.append(FileProblem(one.path, message, (one.lines or {}).get(channel, 1), "channels"))
    return found


class AgentFolder:
    """The agents as their files are now. A file that has become bad counts as it was when it was last good."""

    def __init__(
        self,
        directory: Path,
        instructions: str = "",
        *,
        is_optional: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Does not read yet. With `is_optional`, a folder that is not there at the start is an empty one.

        `clock` gives seconds and never goes back.
        """
        self._directory = directory
        self._is_optional = is_optional
        self._instructions = instructions
        self._clock = clock
        self._looked_at = float("-inf")
        self._stamp: Stamp | None = None
        self._doubted: Stamp | None = None  # the folder with a file less: it may be about to come back
        self._agents: Mapping[str, AgentFile] = {}
        self._told: frozenset[FileProblem] = frozenset()  # problems that the log has

    def read(self) -> list[str]:
        """Reads the folder for the first time; returns all problems, and has no agents if there are any."""
        self._looked_at, self._stamp = self._clock(), _stamp(self._directory)
        try:
            reading = self._reading()
        except OSError as error:
            return [str(self._unreadable(error))]
        problems = [*reading.problems, *reading.conflicts]
        self._agents = {} if problems else reading.agents
        return [str(problem) for problem in problems]

    def _unreadable(self, error: OSError) -> FileProblem:
        return FileProblem(str(self._directory), f"cannot be read ({type(error).__name__})")

    def _reading(self) -> Reading:
        if self._is_optional and not self._agents and not self._directory.exists():
            return _put_together(self._directory, {}, {}, self._instructions)
        return read_folder(self._directory, self._instructions)

    @property
    def agents(self) -> Mapping[str, AgentFile]:
        """By name. Looks at the folder at most once in LOOKS_EVERY."""
        if self._clock() - self._looked_at >= LOOKS_EVERY:
            self._looked_at = self._clock()
            self._look()
        return self._agents

    def _look(self) -> None:
        """A file that is gone counts until the next look: some editors take it away while they write the new one."""
        stamp = _stamp(self._directory)
        if stamp == self._stamp:
            return
        try:
            reading = self._reading()
        except OSError as error:
            self._tell([self._unreadable(error)])
            return
        kept = {name: self._agents[name] for name in reading.bad if name in self._agents}
        agents = {**reading.agents, **kept}
        if self._agents.keys() - agents.keys() and stamp != self._doubted:
            self._doubted = stamp
            return
        self._stamp = stamp
        conflicts = reading.conflicts or _conflicts(agents.values())
        self._tell([*reading.problems, *conflicts])
        if conflicts:
            return  # which of the files is meant cannot be told: all count as they were
        if agents != self._agents:
            logger.info("agents are read anew", extra={"agents": ",".join(sorted(agents))})
        self._agents = agents

    def _tell(self, problems: Sequence[FileProblem]) -> None:
        for problem in problems:
            if problem not in self._told:
                logger.warning("a file of an agent is bad: the last good one counts", extra=problem.facts)
        self._told = frozenset(problems)


def _stamp(directory: Path) -> Stamp:
    """What changes when a file does, or when one comes or goes."""
    try:
        return tuple(map(_stamp_of, _paths(directory)))
    except OSError as error:
        return ((type(error).__name__,),)


def _stamp_of(path: Path) -> tuple[str, ...] | tuple[str, int, int, int, int]:
    """The second moment also tells of permissions, and of a change by a program that sets the first one back."""
    try:
        told = path.stat()
    except OSError:
        return (path.name,)
    return path.name, told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino
