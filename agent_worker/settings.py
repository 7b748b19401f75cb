"""The worker's settings, read from the environment and `.env` once, at the start of the process."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, HttpUrl, SecretStr, ValidationInfo, field_validator
from temporalio.common import WorkerDeploymentVersion

from agent_worker.agents.settings import AgentSettings
from agent_worker.gemini.prices import PriceList
from agent_worker.payloads.agent_policy import AgentPolicy, Naming
from agent_worker.payloads.quotas import Budgets, QuotaLimits
from agent_worker.quotas.usage import MOST_TURNS
from agent_worker.slack.access import AccessPolicy
from agent_worker.slack.blocks.links import LinkPolicy
from agent_worker.slack.thread.streams import ReplyMode
from process.settings import comma_separated
from process.slack import SLACK_API_URL, bot_token

# What Temporal takes: the two together are written with a colon, in older places with a dot.
DEPLOYMENT_NAME = r"^_?[^_.:][^.:]*$"
BUILD_ID = r"^[^:]+$"
LINK_HOST = re.compile(r"(?:\*\.)?+[a-z0-9_-]++(?:\.[a-z0-9_-]++)*+")


class WorkerSettings(AgentSettings):
    slack_bot_token: Annotated[SecretStr, AfterValidator(bot_token)] | None = Field(
        None,
        description="the Bot User OAuth Token (xoxb-…) of the Slack app; "
        "a worker without it only answers python -m agent_worker.ask",
    )
    slack_api_url: HttpUrl = Field(HttpUrl(SLACK_API_URL), description="the address of Slack's Web API")
    google_api_key: SecretStr = Field(
        validation_alias=AliasChoices("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        description="a Gemini API key from Google AI Studio; GEMINI_API_KEY is read too",
    )
    google_gemini_base_url: HttpUrl | None = Field(
        None, description="the address of the Gemini API, if it is not Google's own"
    )
    gemini_api_version: str = Field(
        "v1",
        pattern=r"^v1(beta|alpha)?$",
        description="the version of the Gemini API: v1, v1beta or v1alpha; models named …-latest need v1beta",
    )
    gemini_timeout_seconds: int = Field(
        60,
        ge=10,
        le=600,
        description="how many seconds Gemini may be silent in one model call; Gemini refuses less than 10",
    )
    agent_max_app_turns: int = Field(
        5, ge=0, description="how many answers in a row other apps get before the agent waits for a person"
    )
    agent_max_hourly_turns: int = Field(
        60, ge=1, description="how many answers one thread gets within an hour; the next ones wait"
    )
    agent_max_hourly_turns_per_person: int = Field(
        100,
        ge=0,
        description="how many answers one person gets within an hour, in all threads together; "
        "the next questions are not answered, 0 means no limit",
    )
    agent_max_hourly_turns_per_workspace: int = Field(
        1_000,
        ge=0,
        le=MOST_TURNS,
        description="how many answers all people of a workspace get within an hour; "
        "the next questions are not answered, 0 means no limit",
    )
    agent_budget_per_person: float = Field(
        0,
        ge=0,
        allow_inf_nan=False,
        description="how many US dollars the questions of one person may cost a day (UTC); "
        "the next ones are not answered until the day is over, 0 means no limit (docs/costs.md)",
    )
    agent_budget_per_channel: float = Field(
        0,
        ge=0,
        allow_inf_nan=False,
        description="how many US dollars the questions in one channel may cost a day (UTC), 0 means no limit; "
        "direct messages are no channel",
    )
    agent_budget_per_workspace: float = Field(
        0,
        ge=0,
        allow_inf_nan=False,
        description="how many US dollars all questions of a workspace may cost a day (UTC), 0 means no limit",
    )
    agent_budget_channel: str = Field(
        "",
        pattern=r"^([CG][A-Z0-9]+)?$",
        description="the id of the channel that is told when 80 % of a budget are used up; the agent has to be a "
        "member of it, and empty means that only the log tells",
    )
    agent_show_cost: bool = Field(
        default=False, description="whether the line below an answer tells the tokens and the price of its turn"
    )
    gemini_prices: str = Field(
        "",
        description="what tokens cost, where the list that ships does not know it or is wrong: US dollars for a "
        "million of them as model=input/output or model=input/output/cached, separated by commas",
    )
    agent_idle_days: float = Field(
        7, gt=0, le=365, description="a conversation closes after so many days without a message"
    )
    agent_titles: Naming = Field(
        "model",
        description="what names a conversation: model (Gemini is asked), words (the first words of the question) or "
        "off (no title)",
    )
    agent_stop_seconds: float = Field(
        30,
        ge=0,
        le=3600,
        description="how many seconds running steps get to finish when the worker is stopped; "
        "the next worker begins the others again",
    )
    agent_steps_dir: str = Field(
        ".run/steps",
        description="a folder on the worker's own disk that outlives its process: there it notes which steps run, "
        "so that after a crash the next worker on this machine has them begun again at once",
    )
    slack_reply_mode: ReplyMode = Field(
        "auto",
        description="how an answer appears while it is written: auto (as a stream, if Slack's limits leave room), "
        "stream (always as a stream, after a wait if necessary) or post (as messages that are updated every 3 seconds)",
    )
    slack_allowed_users: str = Field(
        "",
        description="ids of the people who may talk to the agent, separated by commas; "
        "empty means all members of the workspace",
    )
    slack_allowed_channels: str = Field(
        "",
        description="ids of the channels that the agent answers in, separated by commas; empty means all channels, "
        "and direct messages are always answered",
    )
    slack_allowed_workspaces: str = Field(
        "",
        description="ids of other workspaces whose people may talk to the agent in shared channels (Slack Connect), "
        "separated by commas; empty means none",
    )
    slack_allow_guests: bool = Field(default=False, description="whether guests of the workspace may talk to the agent")
    slack_link_hosts: str = Field(
        "",
        description="the hosts to which links in answers may lead, separated by commas, *.example.com for all below "
        "one; the agent's own workspace is always among them; links to others are shown as text; empty means all hosts",
    )
    mcp_config: str = Field(
        "",
        description="the file that names the MCP servers (docs/mcp.md); empty means mcp.json, if there is one",
    )
    calls_name_activity: bool = Field(
        default=False,
        description="whether each call to Slack and Gemini says in a header, X-Activity, for which of Temporal's "
        "activities it is made; the playground turns it on, for Look inside",
    )
    temporal_deployment_name: Annotated[str, Field(pattern=DEPLOYMENT_NAME)] | None = Field(
        None,
        description="the Worker Deployment that this worker is a version of; "
        "set it together with TEMPORAL_WORKER_BUILD_ID or not at all",
    )
    temporal_worker_build_id: Annotated[str, Field(pattern=BUILD_ID)] | None = Field(
        None,
        validate_default=True,
        description="the version of this worker; set it together with TEMPORAL_DEPLOYMENT_NAME or not at all",
    )

    def access_policy(self, team: str) -> AccessPolicy:
        """Who may talk to the agent. `team` is the id of the workspace that it was installed in."""
        return AccessPolicy(
            team=team,
            users=comma_separated(self.slack_allowed_users),
            channels=comma_separated(self.slack_allowed_channels),
            workspaces=comma_separated(self.slack_allowed_workspaces),
            guests=self.slack_allow_guests,
        )

    @property
    def link_policy(self) -> LinkPolicy:
        return LinkPolicy(comma_separated(self.slack_link_hosts.lower()))

    @field_validator("slack_link_hosts")
    @classmethod
    def _names_hosts(cls, value: str) -> str:
        """An address, or a star in another place, would allow nothing, and nobody would notice."""
        for host in comma_separated(value.lower()):
            if not LINK_HOST.fullmatch(host):
                raise ValueError("names hosts alone: example.com, *.example.com")
        return value

    @field_validator("gemini_prices")
    @classmethod
    def _names_prices(cls, value: str) -> str:
        PriceList.of(value)
        return value

    @field_validator("temporal_worker_build_id")
    @classmethod
    def _belongs_to_a_deployment(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Half a version would be a worker that nobody knows to be versioned, or one that cannot say which it is."""
        name = "temporal_deployment_name"
        if name in info.data and (info.data[name] is None) != (value is None):
            raise ValueError("goes together with TEMPORAL_DEPLOYMENT_NAME: set both or neither")
        return value

    @property
    def temporal_deployment(self) -> WorkerDeploymentVersion | None:
        """The version that this worker runs as; None when workers are not versioned."""
        if self.temporal_deployment_name is None or self.temporal_worker_build_id is None:
            return None
        return WorkerDeploymentVersion(self.temporal_deployment_name, self.temporal_worker_build_id)

    @property
    def stop_time(self) -> timedelta:
        return timedelta(seconds=self.agent_stop_seconds)

    @property
    def gemini_timeout(self) -> timedelta:
        return timedelta(seconds=self.gemini_timeout_seconds)

    @property
    def quota_limits(self) -> QuotaLimits:
        return QuotaLimits(
            person=self.agent_max_hourly_turns_per_person, workspace=self.agent_max_hourly_turns_per_workspace
        )

    @property
    def budgets(self) -> Budgets:
        return Budgets(
            person=self.agent_budget_per_person,
            channel=self.agent_budget_per_channel,
            workspace=self.agent_budget_per_workspace,
        )

    @property
    def prices(self) -> PriceList:
        return PriceList.of(self.gemini_prices)

    @property
    def policy(self) -> AgentPolicy:
        """The settings that conversations go by: those that have a field of the same name in AgentPolicy."""
        return AgentPolicy.model_validate(self, from_attributes=True)
