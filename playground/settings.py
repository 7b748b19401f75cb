"""The settings of the playground: what is real in it, answers for its script, and the ports of the stand-ins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from playground.scripted_model.own_answers.answers_file import checked

Port = int


class PlaygroundSettings(BaseSettings):
    """Tokens and the key are not checked here, only whether they are set: the worker and the bot check them."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    google_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("GOOGLE_API_KEY", "GEMINI_API_KEY"))
    temporal_address: str | None = None
    playground_world: Literal["sample", "real"] = Field(
        "sample",
        description=(
            "which weather and IP services and helpdesk the tools ask while there is no real Slack: sample or real "
            "(the real helpdesk is the one of HELPDESK_API_URL, if that is set)"
        ),
    )
    playground_script: Annotated[Path, AfterValidator(checked)] | None = Field(
        None,
        description=(
            "a YAML file with answers of your own for the model without GOOGLE_API_KEY, which is a script "
            "(docs/scripted-model.md says what stands in it); a change of the file counts at once"
        ),
    )
    playground_reload: bool = Field(
        default=True,
        description="whether make run starts the worker and the bot again when their files change (docs/tools.md)",
    )
    playground_open_browser: bool = Field(default=True, description="whether make run opens the page in a browser")
    playground_slack_port: Port = Field(
        8065, ge=1, le=65535, description="the port of the local Slack and its page, for make run and make chat"
    )
    playground_temporal_port: Port = Field(
        7233,
        ge=1,
        le=65535,
        description=(
            "the port of the Temporal dev server; without TEMPORAL_ADDRESS, python -m agent_worker.ask and all other "
            "commands look there, too"
        ),
    )

    @property
    def has_slack(self) -> bool:
        """Whether the real Slack is used: one of its tokens is set. If the other is missing, the processes say so."""
        return self.slack_bot_token is not None or self.slack_app_token is not None

    def ports(self) -> dict[str, Port]:
        """The ports that the playground will listen on, by the name of the setting that changes each port."""
        ports: dict[str, Port] = {}
        if not self.has_slack:
            ports["PLAYGROUND_SLACK_PORT"] = self.playground_slack_port
        if self.temporal_address is None:
            ports["PLAYGROUND_TEMPORAL_PORT"] = self.playground_temporal_port
        return ports
