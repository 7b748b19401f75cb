"""Settings from the environment and `.env`, read once. All that are missing or wrong are named together."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NoReturn

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from process import dotenv_file

BAD_SETTINGS = 2  # the exit code

# A settings class, or a function that reads other settings and raises ValueError, with a plain sentence, if it cannot.
Reader = type[BaseSettings] | Callable[[], Any]


class ProcessSettings(BaseSettings):
    """The settings of every process; each is read from the environment variable of its name in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    temporal_task_queue: str = Field(
        "agent", min_length=1, description="the task queue that the bot and the worker share; every agent needs its own"
    )
    log_format: Literal["json", "lines"] = Field(
        "lines", description="the form of the logs: lines (for people) or json (one object a line)"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        description="DEBUG, INFO, WARNING or ERROR (make run logs at least INFO); no level logs what people write, or "
        "tokens",
    )


def environment() -> dict[str, str]:
    """The environment variables, and those in `.env` that are not among them. For what Temporal's SDK reads.

    Raises ValueError with a sentence if `.env` cannot be read.
    """
    return {**dotenv_file.read(), **os.environ}


def comma_separated(text: str) -> frozenset[str]:
    """The names in a setting such as "one, two"; empty if there are none."""
    return frozenset(filter(None, (name.strip() for name in text.split(","))))


def problems_of(readers: Iterable[Reader]) -> tuple[list[Any], list[str]]:
    """Returns the settings that could be read, and one line for each setting that is missing or wrong.

    Nothing is read if `.env` cannot be: what it holds would seem to be missing.
    """
    read: list[Any] = []
    problems: list[str] = []
    try:
        dotenv_file.read()
    except ValueError as error:
        return read, [str(error)]
    for reader in readers:
        try:
            read.append(_from_surroundings(reader) if isinstance(reader, type) else reader())
        except ValidationError as error:
            problems += [_problem(reader, dict(detail)) for detail in error.errors(include_input=False)]
        except ValueError as error:
            problems.append(str(error))
    return read, problems


def _from_surroundings(kind: type[BaseSettings]) -> BaseSettings:
    return kind(_env_file=dotenv_file.DOTENV, _env_file_encoding=dotenv_file.ENCODING)


def load(*readers: Reader) -> list[Any]:
    """Returns what the readers read, in their order. Exits with code 2 if any setting is missing or wrong."""
    read, problems = problems_of(readers)
    if problems:
        refuse(problems)
    return read


def refuse(problems: Iterable[str], heading: str = "These settings need attention (environment or .env):") -> NoReturn:
    """Prints what has to be put right and exits with code 2. Values are never printed: they may be secrets."""
    lines = [f"  {problem}" for problem in dict.fromkeys(problems)]
    print(heading, *lines, sep="\n", file=sys.stderr)
    raise SystemExit(BAD_SETTINGS)


def _problem(settings_class: Any, detail: Mapping[str, Any]) -> str:
    """One line about one of pydantic's errors: the setting, what is wrong with it, and what it is for."""
    location = str(detail["loc"][0]) if detail["loc"] else ""
    name, field = _field(settings_class, location)
    is_missing = detail["type"] == "missing"
    reason = "is not set" if is_missing else str(detail["msg"]).removeprefix("Value error, ")
    hint = f" ({field.description})" if field and field.description else ""
    return f"{name}: {reason}{hint}"


def _field(settings_class: type[BaseSettings], location: str) -> tuple[str, FieldInfo | None]:
    """The environment variable and the field that an error is about; `location` is the field's name or an alias."""
    for name, field in settings_class.model_fields.items():
        choices = getattr(field.validation_alias, "choices", [])
        if location.lower() in {name, *(str(choice).lower() for choice in choices)}:
            return (str(choices[0]) if choices else name.upper()), field
    return location.upper(), None
