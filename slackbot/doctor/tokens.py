"""Which kind of token a text is, by its beginning. Pure.

The kinds: https://docs.slack.dev/authentication/tokens and https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

import re

from process.checkup.finding import Outcome, failed

BOT, APP = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
_OWN_BEGINNING = {BOT: "xoxb-", APP: "xapp-"}
COPY = {
    BOT: "copy the Bot User OAuth Token (xoxb-…): api.slack.com/apps → your app → Install App",
    APP: "copy an App-Level Token (xapp-…) with the scope connections:write: api.slack.com/apps → your app → "
    "Basic Information → App-Level Tokens",
}
_ROTATION = (
    "it expires after twelve hours, and the bot does not renew it. Use an app without token rotation: create one from "
    "manifest.yml"
)
_ADDRESS = "https://"
# The longest beginning first.
_KINDS = (
    ("xoxe.xoxb-", "a bot token of an app with token rotation", _ROTATION),
    ("xoxe.xoxp-", "an app configuration token (or a user token of an app with token rotation)", ""),
    ("xoxe-", "a refresh token", ""),
    ("xoxb-", "a bot token", ""),
    ("xapp-", "an app-level token", ""),
    ("xoxp-", "a user token", ""),
    ("xwfp-", "a token of a workflow", ""),
    (_ADDRESS, "an address, perhaps of a webhook", ""),
)
_SECRET = re.compile(r"[0-9a-f]{32}")  # the form of the app's other secrets
_STRANGE = re.compile(r"[^A-Za-z0-9._-]")


def problem(setting: str, token: str, other: str) -> Outcome | None:
    """What is wrong with the token of this setting, as far as its form tells; None if it has the right form.

    `other` is the token of the other setting: the two may be swapped. No part of a token is told.
    """
    copy = COPY[setting]
    if not token:
        return failed(f"{setting} is not set", f"{copy}; put it into .env")
    if not token.startswith(_ADDRESS) and (strange := _STRANGE.search(token)):
        told = "an ellipsis" if strange[0] == "…" else f"the character {strange[0]!r}"
        return failed(f"{setting} holds {told}, which no token has", f"{copy}; without quotation marks and spaces")
    own = _OWN_BEGINNING[setting]
    if token.startswith(own):
        return None
    kind, why = _kind(token)
    theirs = _OWN_BEGINNING[APP if setting == BOT else BOT]
    if token.startswith(theirs) and other.startswith(own):
        return failed(f"{setting} is {kind}: the two tokens are swapped", f"swap {BOT} and {APP}")
    return failed(f"{setting} is {kind}", why or copy)


def _kind(token: str) -> tuple[str, str]:
    """What the token is, and what to do about it if that is something special."""
    for beginning, kind, why in _KINDS:
        if token.startswith(beginning):
            return kind, why
    if _SECRET.fullmatch(token):
        return "no token: it looks like the Client Secret or the Signing Secret of the app", ""
    return "no token of Slack that we know", ""
