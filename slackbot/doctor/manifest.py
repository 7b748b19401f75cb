"""What `manifest.yml` asks for: scopes, with the reason that stands behind each in a comment, and events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from text.json_shapes import items, mapping

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
_REASON = re.compile(r"^ *- ([a-z_.:]++) *# *(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Manifest:
    """`reasons` says what each scope and event is for, by its name."""

    scopes: frozenset[str]
    optional_scopes: frozenset[str]
    events: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def named(self, scopes: frozenset[str]) -> str:
        """The scopes with what each is for."""
        return "; ".join(
            f"{scope} ({self.reasons[scope]})" if scope in self.reasons else scope for scope in sorted(scopes)
        )


def read_manifest(path: Path = MANIFEST) -> Manifest | None:
    """What the file asks for; None if it is not there or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        document = mapping(yaml.safe_load(text))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    scopes = mapping(mapping(document.get("oauth_config")).get("scopes"))
    subscribed = mapping(mapping(document.get("settings")).get("event_subscriptions"))
    return Manifest(
        scopes=frozenset(items(scopes.get("bot"))),
        optional_scopes=frozenset(items(scopes.get("bot_optional"))),
        events=tuple(items(subscribed.get("bot_events"))),
        reasons=dict(_REASON.findall(text)),
    )
