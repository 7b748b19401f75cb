"""Promises of manifest.yml: Slack would accept it, and it asks for exactly what the code uses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from emulators.slack.rules.scopes import BOT_EVENTS, BOT_SCOPES, OPTIONAL_BOT_SCOPES
from emulators.slack.settings import Settings
from slackbot.listeners.message_shortcut import ASK_ABOUT_MESSAGE
from slackbot.listeners.slash_command import COMMAND
from tests.support.slack_usage import differences, uses

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "manifest.yml"
SOURCES = ("agent_worker", "slackbot", "process")
TOOLS = ROOT / "agent_worker" / "tools"  # `search_messages` of the view that they get is not a method of Slack's client


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    return loaded


@pytest.fixture
def schema() -> Draft202012Validator:
    loaded = json.loads((ROOT / "tests" / "manifest_schema.json").read_text())
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)


def problems(schema: Draft202012Validator, manifest: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(manifest)]


def test_slack_would_accept_the_manifest(manifest: dict[str, Any], schema: Draft202012Validator) -> None:
    assert problems(schema, manifest) == []


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("unknown", 1),
        ("display_information.unknown", 1),
        ("display_information.name", "n" * 36),
        ("display_information.long_description", "too short"),
        ("features.assistant_view", {"assistant_description": "closed to new apps"}),
        ("features.app_home.messages_tab_read_only_enabled", True),
        ("features.agent_view.agent_description", "d" * 301),
        ("features.agent_view.suggested_prompts", [{"title": "t", "message": "m"}] * 5),
        ("features.bot_user.display_name", "Durable Agent"),
        ("features.slash_commands", [{"command": "agent", "description": "no slash"}]),
        ("features.shortcuts", [{"name": "n" * 25, "type": "message", "callback_id": "c", "description": "d"}]),
        ("oauth_config.scopes.bot", ["chat:write", "chat:rite"]),
        ("oauth_config.scopes.bot", ["chat:write", "chat:write"]),
        ("oauth_config.scopes.bot_optional", ["search:read.everything"]),
        ("settings.event_subscriptions.bot_events", ["message"]),
        ("settings.event_subscriptions.request_url", "https://example.com"),
        ("settings.socket_mode_enabled", False),
    ],
)
def test_the_schema_refuses_what_slack_or_this_app_cannot_use(
    manifest: dict[str, Any], schema: Draft202012Validator, path: str, bad: object
) -> None:
    *parents, last = path.split(".")
    part = manifest
    for parent in parents:
        part = part[parent]
    part[last] = bad

    assert len(problems(schema, manifest)) == 1


def test_the_manifest_asks_for_exactly_what_the_code_uses(manifest: dict[str, Any]) -> None:
    files = [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.py")) if path.parent != TOOLS]

    found = uses({str(path.relative_to(ROOT)): path.read_text() for path in files})

    assert differences(found, manifest) == []


def test_the_manifest_has_the_command_and_the_shortcut_that_the_code_listens_to(manifest: dict[str, Any]) -> None:
    features = manifest["features"]

    assert [command["command"] for command in features["slash_commands"]] == [COMMAND]
    assert [shortcut["callback_id"] for shortcut in features["shortcuts"]] == [ASK_ABOUT_MESSAGE]


def test_the_local_slack_installs_the_app_as_the_manifest_says(manifest: dict[str, Any]) -> None:
    features, plain = manifest["features"], Settings()

    assert sorted(BOT_SCOPES) == manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(OPTIONAL_BOT_SCOPES) == manifest["oauth_config"]["scopes"]["bot_optional"]
    assert sorted(BOT_EVENTS) == manifest["settings"]["event_subscriptions"]["bot_events"]
    assert list(plain.shortcuts) == [shortcut["callback_id"] for shortcut in features["shortcuts"]]
    assert plain.home_tab == features["app_home"]["home_tab_enabled"]
    assert plain.is_agent == ("agent_view" in features)


SAMPLE = """
async def answer(client, app):
    await client.chat_postMessage(channel="C1")
    await client.conversations_replies(channel="C1", ts="1", include_all_metadata=True)
    call(self._client.users_info, user="U1")
    app.event("app_mention")(listener)
    app.event({"type": "message", "subtype": "file_share"})(listener)
    app.event(re.compile(".*"))(ignored)
    app.logger.info("client.reactions_add")
"""


def sample_manifest() -> dict[str, Any]:
    scopes = ["app_mentions:read", "assistant:write", "chat:write", "metadata.message:read", "users:read"]
    kinds = ["channels", "groups", "im", "mpim"]
    return {
        "features": {"agent_view": {}, "bot_user": {}},
        "oauth_config": {"scopes": {"bot": [*scopes, *(f"{kind}:history" for kind in kinds)]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention", *(f"message.{kind}" for kind in kinds)]}},
    }


def test_a_manifest_that_fits_the_code_has_no_differences() -> None:
    assert differences(uses({"a.py": SAMPLE}), sample_manifest()) == []


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("client.reactions_add(name='x')", ["scope reactions:write is missing: needed by reactions.add (b.py:1)"]),
        ("client.api_call('files.info')", ["scope files:read is missing: needed by files.info (b.py:1)"]),
        ("client.api_call(name)", ["b.py:1 calls a method of Slack whose name is not written out"]),
        ("client.admin_users_remove()", ["method admin.users.remove (b.py:1) is not in the tables of the local Slack"]),
        ("client.apps_connections_open(app_token='x')", []),
        (
            "self._client.conversations_info(channel='C1')",
            [
                f"scope {kind}:read is missing: needed by conversations.info (b.py:1)"
                for kind in ("channels", "groups", "im", "mpim")
            ],
        ),
        (
            "app.event('reaction_added')",
            [
                "event reaction_added is missing: b.py:1 listens to it",
                "scope reactions:read is missing: needed by event reaction_added",
            ],
        ),
        (
            "app.command('/agent')(command)",
            ["scope commands is missing: needed by a command (b.py:1)"],
        ),
        (
            "app.shortcut('ask')(ask)",
            ["scope commands is missing: needed by a shortcut (b.py:1)", "interactivity is off: b.py:1 needs it"],
        ),
        ("fetch(file['url_private'])", ["scope files:read is missing: needed by url_private (b.py:1)"]),
        ("app.action('stop')(stop)", ["interactivity is off: b.py:1 needs it"]),
    ],
)
def test_what_the_code_needs_and_the_manifest_lacks_is_named(added: str, expected: list[str]) -> None:
    assert differences(uses({"a.py": SAMPLE, "b.py": added}), sample_manifest()) == expected


def test_a_scope_that_is_asked_for_as_optional_is_not_missing() -> None:
    manifest = sample_manifest()
    manifest["oauth_config"]["scopes"]["bot_optional"] = ["search:read.public"]
    searching = uses({"a.py": SAMPLE, "b.py": "client.api_call('assistant.search.context')"})

    assert differences(searching, manifest) == []
    assert differences(searching, sample_manifest()) == [
        "scope search:read.public is missing: needed by assistant.search.context (b.py:1)"
    ]


def remove_event(manifest: dict[str, Any]) -> None:
    manifest["settings"]["event_subscriptions"]["bot_events"].remove("message.mpim")


def add_event(manifest: dict[str, Any]) -> None:
    manifest["settings"]["event_subscriptions"]["bot_events"].append("app_home_opened")


def add_unknown_event(manifest: dict[str, Any]) -> None:
    manifest["settings"]["event_subscriptions"]["bot_events"].append("star_added")


def add_scope(manifest: dict[str, Any]) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("files:read")


def add_interactivity(manifest: dict[str, Any]) -> None:
    manifest["settings"]["interactivity"] = {"is_enabled": True}


def remove_agent(manifest: dict[str, Any]) -> None:
    del manifest["features"]["agent_view"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (remove_event, ["event message.mpim is missing: a.py:7 listens to it"]),
        (add_event, ["event app_home_opened is subscribed to, but nothing listens to it"]),
        (
            add_unknown_event,
            [
                "event star_added is not in the tables of the local Slack",
                "event star_added is subscribed to, but nothing listens to it",
            ],
        ),
        (add_scope, ["scope files:read is asked for, but nothing needs it"]),
        (add_interactivity, ["interactivity is on, but nothing needs it"]),
        (remove_agent, ["scope assistant:write is asked for, but nothing needs it"]),
    ],
)
def test_what_the_manifest_asks_for_and_nothing_needs_is_named(
    change: Callable[[dict[str, Any]], None], expected: list[str]
) -> None:
    manifest = copy.deepcopy(sample_manifest())
    change(manifest)

    assert differences(uses({"a.py": SAMPLE}), manifest) == expected
