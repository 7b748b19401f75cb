"""Promises of the worker's settings: what is needed, what is optional, and that no secret is ever printed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent_worker.gemini.prices import Tokens
from agent_worker.payloads.quotas import Budgets
from agent_worker.settings import WorkerSettings
from process.settings import BAD_SETTINGS, load

KEY = "AIza-very-secret"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, and an environment with a key and nothing else of ours."""
    for name in (*WorkerSettings.model_fields, "gemini_api_key"):
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)


def loaded() -> WorkerSettings:
    (settings,) = load(WorkerSettings)
    assert isinstance(settings, WorkerSettings)
    return settings


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    """What a person reads when the settings are refused."""
    with pytest.raises(SystemExit) as stop:
        load(WorkerSettings)
    assert stop.value.code == BAD_SETTINGS
    return capsys.readouterr().err


def test_a_key_is_enough() -> None:
    settings = loaded()

    assert settings.google_api_key.get_secret_value() == KEY
    assert settings.slack_bot_token is None
    assert settings.google_gemini_base_url is None
    policy = settings.policy
    assert (policy.gemini_timeout, policy.agent_idle) == (timedelta(seconds=60), timedelta(days=7))


def test_the_key_may_go_by_its_other_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_API_KEY")
    monkeypatch.setenv("GEMINI_API_KEY", "other")

    assert loaded().google_api_key.get_secret_value() == "other"


def test_the_key_may_stand_in_the_file_under_either_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_API_KEY")
    Path(".env").write_text("GEMINI_API_KEY=from-the-file\n")

    assert loaded().google_api_key.get_secret_value() == "from-the-file"


def test_of_both_names_googles_own_wins_as_in_its_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "other")

    assert loaded().google_api_key.get_secret_value() == KEY


def test_a_missing_key_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GOOGLE_API_KEY")

    said = refusal(capsys)

    assert "GOOGLE_API_KEY: is not set" in said
    assert "Google AI Studio" in said


def test_everything_that_is_wrong_is_said_at_once_and_no_value_is_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "SLACK_BOT_TOKEN": "xoxp-secret",
        "SLACK_API_URL": "nowhere-at-all",
        "GEMINI_API_VERSION": "version-nine",
        "GEMINI_TIMEOUT_SECONDS": "forty-two",
        "AGENT_MAX_MODEL_CALLS": "-987",
        "AGENT_IDLE_DAYS": "-765",
        "AGENT_INSTRUCTIONS": "not-there.md",
        "LOG_LEVEL": "LOUD",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GOOGLE_API_KEY")

    said = refusal(capsys)

    named = [line.strip().partition(":")[0] for line in said.splitlines()[1:]]
    assert sorted(named) == sorted([*wrong, "GOOGLE_API_KEY"])
    assert [value for value in wrong.values() if value in said] == []


def test_instructions_may_be_the_text_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_INSTRUCTIONS", "Answer in rhymes.")

    assert loaded().agent_instructions == "Answer in rhymes."


@pytest.mark.parametrize("name", ["rules.md", "rules.txt"])
def test_instructions_may_be_a_file(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Path(name).write_text("Answer in rhymes — always.\n", encoding="utf-8")
    monkeypatch.setenv("AGENT_INSTRUCTIONS", name)

    assert loaded().agent_instructions == "Answer in rhymes — always.\n"


def test_instructions_of_several_lines_are_a_text_whatever_they_end_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_INSTRUCTIONS", "Answer kindly.\nQuote README.md")

    assert loaded().agent_instructions == "Answer kindly.\nQuote README.md"


def test_instructions_are_no_longer_than_those_of_an_agents_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rules.md").write_text("x" * 40_000)
    for given in ("x" * 40_000, "rules.md"):
        monkeypatch.setenv("AGENT_INSTRUCTIONS", given)
        assert "AGENT_INSTRUCTIONS: the instructions are longer than 32 KB" in refusal(capsys)


def test_a_file_of_instructions_that_is_no_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rules.txt").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("AGENT_INSTRUCTIONS", "rules.txt")

    assert "AGENT_INSTRUCTIONS: the file cannot be read" in refusal(capsys)


def test_settings_that_are_printed_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")

    shown = repr(loaded()) + loaded().model_dump_json()

    assert "very-secret" not in shown


def test_budgets_and_prices_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not loaded().budgets.has_any
    monkeypatch.setenv("AGENT_BUDGET_PER_CHANNEL", "2.5")
    monkeypatch.setenv("GEMINI_PRICES", "my-model=1/2")

    settings = loaded()

    assert settings.budgets == Budgets(channel=2.5)
    assert settings.prices.cost("my-model", Tokens(given=1_000_000), 0).dollars == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AGENT_BUDGET_PER_PERSON", "-1"),
        ("AGENT_BUDGET_PER_WORKSPACE", "inf"),
        ("AGENT_BUDGET_CHANNEL", "#operators"),
        ("GEMINI_PRICES", "my-model: 1"),
    ],
)
def test_a_budget_that_would_not_be_what_was_meant_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    assert name in refusal(capsys)
