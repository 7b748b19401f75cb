"""What the page offers to use is what the app's manifest declares."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def test_the_pages_commands_and_shortcuts_are_those_of_the_manifest() -> None:
    page = (ROOT / "playground/page/static/manifest.js").read_text()
    features = yaml.safe_load((ROOT / "manifest.yml").read_text())["features"]

    commands = re.findall(r'command: "([^"]+)",\s*description: "([^"]+)",\s*words: \[([^\]]+)\]', page)
    declared = [(one["command"], one["description"], one["usage_hint"]) for one in features["slash_commands"]]
    assert [(name, text, " | ".join(re.findall(r'"(\w+)"', words))) for name, text, words in commands] == declared
    shortcuts = re.findall(r'name: "([^"]+)", callback_id: "([^"]+)"', page)
    assert shortcuts == [(one["name"], one["callback_id"]) for one in features["shortcuts"]]


def test_the_page_makes_no_elements_of_text() -> None:
    """What people and models write is never read as HTML."""
    modules = [path for path in (ROOT / "playground/page/static").glob("*.js") if path.name != "marked.esm.js"]

    found = [
        path.name
        for path in modules
        if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text())
    ]

    assert len(modules) > 20
    assert found == []
