"""The bot's settings, read from the environment and `.env` once, at the start of the process."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr

from process.settings import ProcessSettings, comma_separated
from process.slack import SLACK_API_URL, bot_token


def _app_token(token: SecretStr) -> SecretStr:
    """Returns the token if it is an app-level token; raises ValueError, without the token in its text, if not."""
    if not token.get_secret_value().startswith("xapp-"):
        raise ValueError("is not an app-level token")
    return token


class BotSettings(ProcessSettings):
    slack_bot_token: Annotated[SecretStr, AfterValidator(bot_token)] = Field(
        description="the Bot User OAuth Token (xoxb-…) of the Slack app"
    )
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] = Field(
        description="an App-Level Token (xapp-…) of the Slack app, with the scope connections:write"
    )
    slack_api_url: HttpUrl = Field(HttpUrl(SLACK_API_URL), description="the address of Slack's Web API")
    slackbot_allowed_apps: str = Field(
        "",
        description="names or ids of other apps that may talk to the agent, separated by commas; empty means none",
    )
    slackbot_catch_up_hours: float = Field(
        24.0, ge=0, le=720, description="how many hours back the bot looks for messages that it missed; 0 means never"
    )
    slackbot_health_port: int | None = Field(
        None, ge=1, le=65535, description="the port of GET /healthz; without it the bot has no health endpoint"
    )
    slackbot_health_host: str = Field(
        "127.0.0.1", min_length=1, description="the address on which GET /healthz is served"
    )

    @property
    def allowed_apps(self) -> frozenset[str]:
        """Names or ids, in lower case."""
        return comma_separated(self.slackbot_allowed_apps.lower())

    @property
    def catch_up_window(self) -> timedelta:
        return timedelta(hours=self.slackbot_catch_up_hours)
