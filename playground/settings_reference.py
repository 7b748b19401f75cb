"""`make settings`: writes docs/settings.md and .env.example from the settings classes.

The classes are the only place where a setting is described. This module adds the order, the headings and the variables
that Temporal's SDK reads by itself.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from agent_worker.settings import WorkerSettings
from agent_worker.toolbox.toolbox import Toolbox
from playground.settings import PlaygroundSettings
from process.temporal import DEFAULT_ADDRESS
from slackbot.settings import BotSettings

ROOT = Path(__file__).parent.parent
PAGE, EXAMPLE = Path("docs/settings.md"), Path(".env.example")
WIDTH = 100  # characters of a comment line in the example
_NAME = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")

PAGE_TOP = """\
# Settings

Made by `make settings` from the settings classes: change the text there, not here.

Settings are environment variables, or lines of a file named `.env` in the directory where a process starts
([`.env.example`](../.env.example) has all of them). The environment wins over the file. An empty value counts as not
set. If settings are missing or wrong, the process names all of them together and ends with code 2; it never prints
their values.
"""
EXAMPLE_TOP = """\
# Every setting with its default. Made by `make settings`: change the texts in the settings classes, not here.
# Copy this file to .env, fill in the first three for a real Slack, and remove the "# " before a line that you change.
# docs/settings.md has the same as a table.
"""


@dataclass(frozen=True)
class Setting:
    """One environment variable. `default` is written as in `.env`; "" stands for none."""

    name: str
    default: str
    description: str
    is_needed: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    intro: str
    settings: Sequence[Setting]


TEMPORAL = (
    Setting(
        "TEMPORAL_ADDRESS", DEFAULT_ADDRESS, "the address of Temporal; if it is set, make run starts no dev server"
    ),
    Setting("TEMPORAL_NAMESPACE", "default", "the namespace that holds the conversations"),
    Setting("TEMPORAL_API_KEY", "", "the key for Temporal Cloud; with a key the connection uses TLS"),
)


def groups() -> list[Group]:
    """Every setting, once. Each group holds what its heading says; a shared setting is described by the worker."""
    worker, bot = _read(WorkerSettings), _read(BotSettings)
    every = {**bot, **worker}
    needed = [name for name in every if any(kind[name].is_needed for kind in (worker, bot) if name in kind)]
    shared = [name for name in every if name in worker and name in bot and name not in needed]
    tools = [one for kind in Toolbox.discover().settings_classes() for one in _read(kind).values()]
    return [
        Group(
            "Needed with a real Slack",
            "Without the tokens, `make run` opens a local Slack. There the key is optional, too: without it the model "
            "is a script.",
            [Setting(name, "", every[name].description, is_needed=True) for name in needed],
        ),
        Group("Both processes", "", [every[name] for name in shared]),
        Group(
            "The worker",
            "Reasons: [how answers are shown](decisions/0010-drafts.md), [who is answered](decisions/0013-people.md), "
            "[limits](decisions/0009-limits.md), [budgets](costs.md), "
            "[worker versions](decisions/0008-deployments.md).",
            _others(worker, [*needed, *shared]),
        ),
        Group(
            "The bot",
            "Reasons: [how the bot catches up](decisions/0007-catch-up.md).",
            _others(bot, [*needed, *shared]),
        ),
        Group("The tools", "The worker reads them for the tools in `agent_worker/tools/`.", tools),
        Group(
            "Temporal",
            "Temporal's SDK reads these itself, and `TEMPORAL_TLS_…` and profiles as well: "
            "[environment configuration](https://docs.temporal.io/develop/environment-configuration).",
            TEMPORAL,
        ),
        Group("`make run`", "", list(_read(PlaygroundSettings).values())),
    ]


def page() -> str:
    """The text of docs/settings.md."""
    return PAGE_TOP + "".join(map(_section, groups()))


def example() -> str:
    """The text of .env.example: optional settings are comments, so that a copy of it changes nothing."""
    return EXAMPLE_TOP + "".join(map(_part, groups()))


def main() -> None:
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
    (ROOT / EXAMPLE).write_text(example(), encoding="utf-8")


def _read(kind: type[BaseSettings]) -> dict[str, Setting]:
    """The described settings of a class, by name. What has no description is described by another class."""
    read = [_setting(name, field) for name, field in kind.model_fields.items() if field.description]
    return {one.name: one for one in read}


def _setting(name: str, field: FieldInfo) -> Setting:
    names = getattr(field.validation_alias, "choices", [name.upper()])
    return Setting(str(names[0]), _default(field), field.description or "", is_needed=field.is_required())


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required() or value is None or "\n" in str(value):  # a text of several lines fits no table
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _others(settings: dict[str, Setting], names: Iterable[str]) -> list[Setting]:
    return [one for name, one in settings.items() if name not in set(names)]


def _sentence(setting: Setting) -> str:
    return f"{setting.description[0].upper()}{setting.description[1:]}."


def _section(group: Group) -> str:
    intro = [group.intro, ""] if group.intro else []
    rows = [_row(setting) for setting in group.settings]
    return "\n".join(
        ["", f"## {group.title}", "", *intro, "| setting | default | meaning |", "|---|---|---|", *rows, ""]
    )


def _row(setting: Setting) -> str:
    default = "needed" if setting.is_needed else f"`{setting.default}`" if setting.default else ""
    meaning = _NAME.sub(lambda name: f"`{name[0]}`", _sentence(setting))
    return f"| `{setting.name}` | {default} | {meaning} |"


def _part(group: Group) -> str:
    heading = f"\n# ---- {group.title.replace('`', '')} ----\n"
    return "\n".join([heading, *map(_example_of, group.settings)])


def _example_of(setting: Setting) -> str:
    value = f"{setting.name}={setting.default}"
    explained = textwrap.wrap(
        _sentence(setting), WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    return "\n".join([*explained, value if setting.is_needed else f"# {value}", ""])


if __name__ == "__main__":
    main()
