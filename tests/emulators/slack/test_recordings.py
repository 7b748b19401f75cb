"""What the stand-in sends has the fields of what Slack was recorded to send.

The recordings are not part of the project: where they are not there, this is skipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from emulators.slack.rules.scopes import BOT_EVENTS
from tests.support.emulators.posts import post
from tests.support.emulators.recordings import fields, recording
from tests.support.emulators.scene import Scene, envelopes, next_frame, scene
from tests.support.emulators.views import actions, button

RECORDINGS = recording("slack_payloads.jsonl")
REAL = "vercel/chat:"  # the recordings of a real workspace; the others are samples that somebody wrote
OPAQUE = {"blocks", "attachments", "metadata", "values"}  # their content is the author's, not Slack's
pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")


def kind_of(payload: Mapping[str, Any]) -> str:
    event = payload.get("event")
    if not event:
        return str(payload.get("type") or "command")
    if event["type"] != "message":
        return str(event["type"])
    author = "bot" if event.get("bot_id") else "person"
    place = "thread" if event.get("thread_ts") else str(event.get("channel_type") or "channel")
    return str(event.get("subtype") or f"message of {author} in {place}")


def recorded(kind: str) -> list[set[str]]:
    lines = map(json.loads, RECORDINGS.read_text().splitlines())
    payloads = [line["payload"] for line in lines if line["source"].startswith(REAL)]
    return [set(fields(payload, OPAQUE)) for payload in payloads if kind_of(payload) == kind]


async def sent(stage: Scene) -> dict[str, dict[str, Any]]:
    """One payload of each kind."""
    slack, bot = stage.slack, stage.slack.bot_user_id
    async with envelopes(stage) as socket:
        root = slack.say(stage.anna, stage.general, f"<@{bot}> hello")
        slack.say(stage.anna, stage.general, "and?", thread_ts=root)
        slack.say(stage.anna, slack.open_dm(stage.anna), "hello")
        slack.say(stage.anna, stage.general, "look", files=[{"name": "notes.txt", "content": "hello"}])
        slack.react(stage.anna, stage.general, root, "eyes")
        slack.join(slack.add_user("ben"), stage.general)
        slack.open_app_home(stage.anna)
        slack.look_at(stage.anna, stage.general)
        ts = await post(stage, blocks=[actions(button("go", value="x"))], thread_ts=root)
        await stage.client.chat_update(channel=stage.general, ts=ts, text="go on", blocks=[actions(button("go"))])
        slack.press_button(stage.anna, stage.general, ts, "go")
        slack.run_command(stage.anna, stage.general, "/agent", "help")
        found: dict[str, dict[str, Any]] = {}
        while not set(KINDS) <= found.keys():
            payload = (await next_frame(socket)).get("payload") or {}
            found.setdefault(kind_of(payload), payload)
    return found


# Fields that a recording has and the stand-in leaves out, and the other way round, with the reason.
LEFT_OUT = {
    "member_joined_channel": ("enterprise_id", "event.enterprise", "event.inviter"),  # recorded in an organisation
    "app_home_opened": ("event.context",),  # what else the person had open then; the stand-in's people have nothing
}
# Some recordings have it in `assistant_thread`, and those of apps that may not search have none.
TOKEN = ("event.action_token",)
ENVELOPE = ("authorizations", "event_context", "is_ext_shared_channel")
OURS_ALONE = {
    "app_home_opened": ENVELOPE,  # the recording is abridged in its source
    "app_context_changed": ENVELOPE,  # so is this one
    "reaction_added": (*ENVELOPE, "event_id", "event_time"),  # and this one
    "message of person in channel": TOKEN,
    "message of person in thread": TOKEN,
    "message of person in im": (*TOKEN, "event_context"),  # all events of the other kinds have the latter
    "app_mention": TOKEN,
    # A message of an app has its profile in every event; the recorded buttons stood in messages without an update.
    "block_actions": ("message.bot_profile", "message.edited"),
}
KINDS = [
    "message of person in channel",
    "message of person in thread",
    "message of person in im",
    "message of bot in thread",
    "message_changed",
    "app_mention",
    "reaction_added",
    "member_joined_channel",
    "app_home_opened",
    "app_context_changed",
    "block_actions",
    "command",
]


def beyond(paths: set[str], meant: Sequence[str]) -> list[str]:
    return sorted(path for path in paths if not path.startswith(tuple(meant)))


async def test_each_kind_of_event_has_the_fields_that_slack_sends() -> None:
    async with scene(events=[*BOT_EVENTS, "reaction_added", "member_joined_channel"]) as stage:
        stage.slack.grant("reactions:read")
        payloads = await sent(stage)

    for kind in KINDS:
        real, ours = recorded(kind), set(fields(payloads[kind], OPAQUE))
        assert real, kind
        assert (kind, beyond(set.intersection(*real) - ours, LEFT_OUT.get(kind, ("-",)))) == (kind, [])
        assert (kind, beyond(ours - set[str]().union(*real), OURS_ALONE.get(kind, ("-",)))) == (kind, [])


def test_the_comparison_sees_what_is_missing_and_what_is_too_much() -> None:
    assert list(fields({"a": [{"b": 1}], "blocks": [{"c": 1}]}, OPAQUE)) == ["a", "a[].b", "blocks"]
    assert beyond({"a", "a.b", "c"}, ("a",)) == ["c"]
