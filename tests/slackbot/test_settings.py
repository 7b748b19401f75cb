"""Promises of the bot's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from process.settings import BAD_SETTINGS, load
from slackbot.settings import BotSettings


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, and an environment without our variables."""
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")

    (settings,) = load(BotSettings)

    assert settings.slack_app_token.get_secret_value() == "xapp-1"
    assert str(settings.slack_api_url) == "https://slack.com/api/"


def test_missing_tokens_are_named_together_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        load(BotSettings)

    printed = capsys.readouterr().err
    assert stop.value.code == BAD_SETTINGS
    assert "SLACK_BOT_TOKEN: is not set (the Bot User OAuth Token" in printed
    assert "SLACK_APP_TOKEN: is not set (an App-Level Token" in printed


def test_tokens_that_were_mixed_up_are_told_apart_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-very-secret")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-very-secret")

    with pytest.raises(SystemExit):
        load(BotSettings)

    printed = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN: is not a bot token" in printed
    assert "SLACK_APP_TOKEN: is not an app-level token" in printed
    assert "very-secret" not in printed
