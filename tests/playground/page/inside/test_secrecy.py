"""Secrets are not shown, whatever their names, and what is none stays readable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.page.inside.secrecy import HIDDEN, Secrecy, secret_values


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "hunter22"}, {"password": HIDDEN}),
        ({"pin": 1234, "auth": {"user": "a"}}, {"pin": HIDDEN, "auth": HIDDEN}),
        ({"key": "1795974794.443156:hunter22"}, {"key": HIDDEN}),
        ([{"api_key": "k"}, {"tokens": ["a"]}], [{"api_key": HIDDEN}, {"tokens": HIDDEN}]),
        ("the bot has xoxb-1234567890-abc, and AIza" + "x" * 35, f"the bot has {HIDDEN}, and {HIDDEN}"),
        ({"text": "say open-sesame twice: open-sesame"}, {"text": f"say {HIDDEN} twice: {HIDDEN}"}),
    ],
)
def test_secrets_are_hidden(value: Any, shown: Any) -> None:
    assert Secrecy({"open-sesame"}).hide(value) == shown


@pytest.mark.parametrize(
    "value",
    [
        {
            "promptTokenCount": 12,
            "totalTokenCount": 20,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 12}],
        },
        {"prompt_tokens": 12, "context_tokens": 200_000, "maxOutputTokens": 8_192},
        {"event_payload": {"key": "1795974794.443156:answer:0", "answers": []}},
        {"token": None, "secret": "", "issue_key": "A-1"},
        "a text about tokens and passwords",
    ],
)
def test_what_is_no_secret_is_shown(value: Any) -> None:
    assert Secrecy().hide(value) == value


def test_a_schema_names_its_arguments_whatever_they_are_called() -> None:
    schema = {"properties": {"token": {"type": "string", "default": "open-sesame"}}}

    shown = Secrecy({"open-sesame"}).hide(schema, by_name=False)

    assert shown == {"properties": {"token": {"type": "string", "default": HIDDEN}}}


def test_the_secrets_of_an_environment_are_those_that_are_named_so() -> None:
    environment = {"GOOGLE_API_KEY": "a-long-key", "SLACK_BOT_TOKEN": "short", "HOME": "/home/somebody"}

    assert secret_values(environment) == {"a-long-key"}


def test_what_is_nested_too_deep_to_be_looked_at_is_hidden() -> None:
    value: Any = "open-sesame"
    for _ in range(400):
        value = {"a": [value]}

    shown = json.dumps(Secrecy().hide(value), ensure_ascii=False)

    assert HIDDEN in shown
    assert "sesame" not in shown
