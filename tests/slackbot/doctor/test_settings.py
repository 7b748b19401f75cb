"""Promises of what the doctor tells of the bot's settings: each problem, from where they come, and no values."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from process.checkup.finding import Outcome
from slackbot.doctor import settings
from slackbot.settings import BotSettings

BOT, APP = "xoxb-1-2-abcdefgh", "xapp-1-A1-2-abcdefgh"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, no profile of Temporal, and an environment with two tokens alone."""
    names = [*(name.upper() for name in BotSettings.model_fields), *settings.SECRETS]
    for name in [*names, *(name for name in os.environ if name.startswith("TEMPORAL_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP)
    monkeypatch.chdir(tmp_path)


async def told() -> list[Outcome]:
    return await settings.read().outcome()


async def test_it_says_that_there_is_no_file_and_where_it_looked(tmp_path: Path) -> None:
    (outcome,) = await told()

    assert outcome.state == "ok"
    assert outcome.found == f"read from the environment; there is no file .env in {tmp_path}"


async def test_every_wrong_setting_is_told_and_what_is_right_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACKBOT_CATCH_UP_HOURS", "plenty")
    monkeypatch.setenv("SLACK_API_URL", "slack")
    monkeypatch.setenv("TEMPORAL_TASK_QUEUE", "helpers")

    readable = settings.read()

    outcomes = await readable.outcome()
    assert {outcome.state for outcome in outcomes} == {"failed"}
    named = [outcome.found.partition(":")[0] for outcome in outcomes]
    assert named == ["SLACK_API_URL", "SLACKBOT_CATCH_UP_HOURS"]
    assert not any(value in str(outcomes) for value in ("plenty", "'slack'"))
    assert (readable.bot_token, readable.app_token, readable.task_queue) == (BOT, APP, "helpers")
    assert readable.api_url is None


async def test_wrong_tokens_are_left_to_the_checks_that_tell_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", APP)
    monkeypatch.delenv("SLACK_APP_TOKEN")

    readable = settings.read()

    assert [outcome.state for outcome in await readable.outcome()] == ["ok"]
    assert len(readable.problems) == 2


async def test_a_file_that_the_environment_hides_is_noted_without_values(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SLACK_BOT_TOKEN=xoxb-another-4711\nSLACK_APP_TOKEN={APP}\n")

    (outcome,) = await told()

    assert outcome.state == "note"
    assert outcome.found == "the environment has other values than .env, and wins: SLACK_BOT_TOKEN"


async def test_the_file_is_read_where_the_environment_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-of-the-file-4711\nGOOGLE_API_KEY=key-4711\n")

    readable = settings.read()

    assert readable.bot_token == "xoxb-of-the-file-4711"
    assert {"xoxb-of-the-file-4711", APP, "key-4711"} == set(readable.secrets)
    assert not any(secret in repr(readable) for secret in readable.secrets)
