"""The settings as the bot reads them: what is wrong with them, and what of them can be used all the same."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import HttpUrl, ValidationError

from process import temporal
from process.checkup.finding import Outcome, failed, note, ok
from process.dotenv_file import DOTENV
from process.settings import environment, problems_of
from process.slack import SLACK_API_URL
from slackbot.doctor.tokens import APP, BOT
from slackbot.settings import BotSettings

_ELSEWHERE = (f"{BOT}:", f"{APP}:")  # these have checks of their own, which tell more
SECRETS = (BOT, APP, "GOOGLE_API_KEY", "GEMINI_API_KEY", "TEMPORAL_API_KEY")
MEND = "set it in .env or in the environment (docs/settings.md)"


@dataclass(frozen=True)
class Readable:
    """What could be read. `temporal` is None if Temporal's settings are wrong; `problems` are those of the bot."""

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    api_url: HttpUrl | None
    task_queue: str
    temporal: Mapping[str, Any] | None = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    problems: Sequence[str] = ()

    async def outcome(self) -> list[Outcome]:
        """One for each problem; or a single one that says from where the settings come."""
        problems = [one for one in self.problems if not one.startswith(_ELSEWHERE)]
        return [failed(problem, MEND) for problem in problems] or [_sources()]


def read() -> Readable:
    """Never raises. What is wrong or missing reads as "", as None or as the default."""
    variables = environment()
    connections, _ = problems_of([temporal.connection])
    _, problems = problems_of([BotSettings, temporal.connection])
    return Readable(
        bot_token=variables.get(BOT, ""),
        app_token=variables.get(APP, ""),
        api_url=_address(variables.get("SLACK_API_URL") or SLACK_API_URL),
        task_queue=variables.get("TEMPORAL_TASK_QUEUE") or str(BotSettings.model_fields["temporal_task_queue"].default),
        temporal=connections[0] if connections else None,
        secrets=[variables[name] for name in SECRETS if variables.get(name)],
        problems=problems,
    )


def _address(text: str) -> HttpUrl | None:
    try:
        return HttpUrl(text)
    except ValidationError:
        return None


def _sources() -> Outcome:
    """From where the settings are read, and where the environment hides what stands in the file."""
    file = Path(DOTENV)
    if not file.is_file():
        return ok(f"read from the environment; there is no file .env in {Path.cwd()}")
    written = {name: value for name, value in dotenv_values(file).items() if value}
    hidden = sorted(name for name, value in written.items() if os.environ.get(name, value) != value)
    if hidden:
        told = f"the environment has other values than .env, and wins: {', '.join(hidden)}"
        return note(told, "unset them in the environment if .env is meant")
    return ok("read from the environment and .env")
