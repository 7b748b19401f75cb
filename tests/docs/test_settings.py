"""docs/settings.md and .env.example hold every setting, as the settings classes describe it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.toolbox import Toolbox
from playground import settings_reference
from playground.settings import PlaygroundSettings
from slackbot.settings import BotSettings

ROOT = Path(__file__).parents[2]
CLASSES: list[type[BaseSettings]] = [
    WorkerSettings,
    BotSettings,
    PlaygroundSettings,
    *Toolbox.discover().settings_classes(),
]
NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "GOOGLE_API_KEY": "key"}
# Read by Temporal's SDK; the playground looks at the first one, too.
TEMPORALS_OWN = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY"}


@pytest.mark.parametrize(
    ("path", "written"),
    [("docs/settings.md", settings_reference.page), (".env.example", settings_reference.example)],
)
def test_both_files_are_what_make_settings_writes(path: str, written: Callable[[], str]) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == written(), "run make settings"


def test_every_setting_that_a_process_reads_is_described_once() -> None:
    read = {name.upper() for kind in CLASSES for name in kind.model_fields}

    described = [setting.name for group in settings_reference.groups() for setting in group.settings]

    assert sorted(described) == sorted(read | TEMPORALS_OWN)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_the_example_shows_the_defaults(
    kind: type[BaseSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (name.upper() for one in CLASSES for name in one.model_fields):
        monkeypatch.delenv(name, raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    everything = tmp_path / "everything.env"
    everything.write_text("\n".join(_assignments()))

    assert kind(_env_file=everything) == kind(_env_file=None)


def _assignments() -> list[str]:
    """All lines of the example that set something, comments too; the playground has no default for the address."""
    lines = (line.removeprefix("# ") for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line.partition("=")[0].isupper() and not line.startswith("TEMPORAL_ADDRESS")]
