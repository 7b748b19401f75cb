"""The checks of Slack: tokens, scopes, Socket Mode, what Slack shows to nobody, channels, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from process.checkup.checks import Check
from process.checkup.finding import Outcome, failed, note, ok, unknown
from process.slack import scopes_in
from slackbot.doctor import tokens
from slackbot.doctor.clocks import skew
from slackbot.doctor.greeting import greeting
from slackbot.doctor.manifest import Manifest
from slackbot.doctor.web_api import Answer, ask, refused
from text.json_shapes import mapping, mappings, string

SECTION = "Slack"
BOT_TOKEN, APP_TOKEN, SOCKET_MODE = "bot token", "app token", "Socket Mode"
CHANNEL_KINDS = {"public_channel": "channels:read", "private_channel": "groups:read"}
MOST_CHANNELS = 200  # in one call
NAMED_CHANNELS = 5
INSTALL_AGAIN = (
    "api.slack.com/apps → your app → App Manifest: paste manifest.yml and save; then Install App → Reinstall to "
    "Workspace"
)


class SlackChecks:
    """What one check learns of Slack, the next ones use: they run in the order of `needs`."""

    def __init__(
        self,
        client: AsyncWebClient,
        bot_token: str,
        app_token: str,
        manifest: Manifest | None,
        *,
        connects: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`client` has no token. Without `connects`, Socket Mode is not tried."""
        self._client = client
        self._bot_token = bot_token
        self._app_token = app_token
        self._manifest = manifest
        self._connects = connects
        self._now = now
        self._who: Mapping[str, Any] = {}  # what auth.test says
        self._ahead: float | None = None  # seconds that this machine's clock is ahead of Slack's
        self._scopes: frozenset[str] | None = None
        self._address = ""  # of one connection to Socket Mode; it has a ticket, so it is not told

    def checks(self) -> list[Check]:
        return [
            Check(SECTION, BOT_TOKEN, self._bot),
            Check(SECTION, "scopes", self._granted, (BOT_TOKEN,)),
            Check(SECTION, APP_TOKEN, self._app),
            Check(SECTION, SOCKET_MODE, self._socket_mode, (APP_TOKEN,)),
            Check(SECTION, "one app", self._one_app, (BOT_TOKEN, APP_TOKEN)),
            Check(SECTION, "events, buttons", self._events),
            Check(SECTION, "Delayed Events", _delayed_events),
            Check(SECTION, "channels", self._channels, (BOT_TOKEN,)),
            Check(SECTION, "clock (Slack)", self._clock, (BOT_TOKEN,)),
        ]

    # The tokens

    async def _bot(self) -> Outcome:
        if wrong := tokens.problem(tokens.BOT, self._bot_token, self._app_token):
            return wrong
        answer = await ask(self._client, "auth.test", self._bot_token, now=self._now)
        if answer.error or answer.body is None:
            raise refused(answer, tokens.COPY[tokens.BOT])
        if answer.body.get("is_enterprise_install"):
            mend = f"the agent does not support that: install it in one workspace, and {tokens.COPY[tokens.BOT]}"
            return failed("the app is installed in a whole organisation", mend)
        self._who, self._scopes, self._ahead = answer.body, scopes_in(answer.headers), _ahead(answer)
        told = {name: string(answer.body.get(name)) for name in ("user", "team", "url", "team_id")}
        return ok("@{user} in {team} ({url}, {team_id})".format(**told))

    async def _app(self) -> Outcome:
        if wrong := tokens.problem(tokens.APP, self._app_token, self._bot_token):
            return wrong
        answer = await ask(self._client, "apps.connections.open", self._app_token)
        if answer.error or answer.body is None:
            raise refused(answer, tokens.COPY[tokens.APP])
        self._address = string(answer.body.get("url"))
        return ok("Slack gives an address for Socket Mode")

    async def _one_app(self) -> Outcome:
        """Slack takes tokens of two apps without a word; then nobody hears what people write to the one that speaks."""
        listening = next(iter(parse_qs(urlsplit(self._address).query).get("app_id", [])), "")
        answer = await ask(self._client, "bots.info", self._bot_token, {"bot": string(self._who.get("bot_id"))})
        speaking = string(mapping(mapping(answer.body).get("bot")).get("app_id"))
        if answer.error == "missing_scope" or (not answer.error and not (listening and speaking)):
            return note(f"whether both tokens are of the same app cannot be seen here ({answer.told()})")
        if answer.error:
            raise refused(answer, tokens.COPY[tokens.BOT])
        if listening != speaking:
            told = f"{tokens.BOT} is of the app {speaking}, and {tokens.APP} of the app {listening}"
            return failed(told, "copy both tokens from the same app, or the bot hears nothing of what people write")
        return ok(f"both tokens are of the app {speaking}")

    # What the app may do, and hears

    async def _granted(self) -> Outcome:
        if self._scopes is None:
            return unknown("Slack's answer has no header x-oauth-scopes", "a proxy may have taken it out")
        if self._manifest is None:
            return unknown("there is no manifest.yml beside the code to compare with", "put it there")
        lacking = self._manifest.optional_scopes - self._scopes
        if missing := self._manifest.scopes - self._scopes:
            too = f". Nor these, which are optional: {self._manifest.named(lacking)}" if lacking else ""
            return failed(f"not granted: {self._manifest.named(missing)}{too}", INSTALL_AGAIN)
        if lacking:
            told = f"all that are needed; without these, which are optional: {self._manifest.named(lacking)}"
            return note(told, f"{INSTALL_AGAIN}. An administrator may have to approve them")
        asked = self._manifest.scopes | self._manifest.optional_scopes
        more = f", and {len(self._scopes - asked)} more than manifest.yml asks for" if self._scopes - asked else ""
        return ok(f"all {len(asked)} of manifest.yml{more}")

    async def _socket_mode(self) -> Outcome:
        if not self._connects:
            return note("not tried, as you wished: whether Socket Mode is switched on is not known")
        met = await greeting(self._client, self._address)
        counted = "1 other connection is" if met.others == 1 else f"{met.others} other connections are"
        others = f"{counted} open: a bot runs" if met.others else "no bot is connected"
        return ok(
            f"connected and greeted; {others}. Closed after {met.seconds:.1f} s, without acknowledging anything: an "
            "event that came in this time comes again, and whoever pressed a button just then was told so by Slack"
        )

    async def _events(self) -> Outcome:
        events = f"the {len(self._manifest.events)} bot_events" if self._manifest else "the bot_events"
        return note(
            "whether the app is subscribed to its events, and has interactivity, is shown to no bot: Slack tells it to "
            "an app configuration token alone",
            f"if the bot hears nobody, or buttons do nothing: api.slack.com/apps → your app → App Manifest has to have "
            f"{events} of manifest.yml, and interactivity with is_enabled: true",
        )

    async def _channels(self) -> Outcome:
        kinds = [kind for kind, scope in CHANNEL_KINDS.items() if self._scopes is None or scope in self._scopes]
        if not kinds:
            return unknown("the app has no scope to see its channels", INSTALL_AGAIN)
        arguments = {"types": ",".join(kinds), "exclude_archived": "true", "limit": str(MOST_CHANNELS)}
        answer = await ask(self._client, "users.conversations", self._bot_token, arguments)
        if answer.error:
            raise refused(answer, INSTALL_AGAIN)
        names = [string(one.get("name")) for one in mappings(mapping(answer.body).get("channels"))]
        if not names:
            mend = f"/invite @{string(self._who.get('user'))} in a channel"
            return note("the bot is in no channel: it answers in direct messages only", mend)
        listed = ", ".join(f"#{name}" for name in names[:NAMED_CHANNELS])
        return ok(f"in {len(names)}: {listed}{' …' if len(names) > NAMED_CHANNELS else ''}")

    async def _clock(self) -> Outcome:
        if self._ahead is None:
            return unknown("Slack's answer has no Date that can be read", "a proxy may have taken it out")
        return skew(self._ahead, "Slack's")


def _ahead(answer: Answer) -> float | None:
    """How far this machine's clock is ahead of the one that dated the answer; None if the answer has no date."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return None
    return answer.middle - (theirs + 0.5)  # the header leaves out parts of a second


async def _delayed_events() -> Outcome:
    return note(
        "cannot be seen from outside. With it, Slack tries for a day to deliver an event, otherwise for six minutes",
        "make sure that it is on: api.slack.com/apps → your app → Event Subscriptions → Delayed Events",
    )
