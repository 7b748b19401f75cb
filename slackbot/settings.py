"""The bot's settings, read from the environment and `.env` once, at the start of the process."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, SecretStr

from process.settings import ProcessSettings
from process.slack import SLACK_API_URL, bot_token


def _app_token(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().startswith("xapp-"):
        raise ValueError("is not an app-level token")
    return token


class BotSettings(ProcessSettings):
    slack_bot_token: Annotated[SecretStr, AfterValidator(bot_token)] = Field(
        description="the Bot User OAuth Token of the Slack app, xoxb-…"
    )
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] = Field(
        description="an App-Level Token of the Slack app with connections:write, xapp-…"
    )
    slack_api_url: HttpUrl = Field(HttpUrl(SLACK_API_URL), description="where Slack's Web API is")
