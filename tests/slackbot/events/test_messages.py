"""Promises of the decision about an event, tested with payloads like those that Slack sends."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.contract.messages import SlackFile, Thread, UserMessage
from process.slack import Identity
from slackbot.events.messages import Ignored, IncomingMessage, read

BOT = Identity(team_id="T1", bot_user_id="UBOT", bot_id="B1")
ROOT, NOW = "1766458026.240809", "1766458031.859009"
Event = dict[str, Any]


def body(event: Event, **outer: Any) -> dict[str, Any]:
    authorizations = [{"team_id": "T1", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": False}]
    return {"type": "event_callback", "team_id": "T1", "authorizations": authorizations, "event": event} | outer


def message(text: str = "hello", **fields: Any) -> Event:
    """A message at the top of a channel, without the fields that the bot does not read."""
    written = {"type": "message", "user": "U1", "ts": NOW, "client_msg_id": "66cc", "text": text, "team": "T1"}
    return written | {"channel": "C1", "event_ts": NOW, "channel_type": "channel"} | fields


def reply(text: str = "hello", **fields: Any) -> Event:
    return message(text, thread_ts=ROOT, parent_user_id="U1") | fields


def direct(text: str = "hello", **fields: Any) -> Event:
    return message(text, channel="D1", channel_type="im") | fields


def mention(text: str = "<@UBOT> hello", **fields: Any) -> Event:
    """The app_mention event of a message; it has no channel_type."""
    event = message(text, type="app_mention") | fields
    del event["channel_type"]
    return event


BROADCAST = reply("<@UBOT> all", subtype="thread_broadcast", root={"thread_ts": ROOT, "reply_count": 2})
FILES = [{"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf"}]

FOR_THE_AGENT = [
    pytest.param(mention(), NOW, id="a mention at the top of a channel"),
    pytest.param(message("<@UBOT> hello"), NOW, id="its other event"),
    pytest.param(message("hello <@UBOT|durable-agent>"), NOW, id="a mention with a label"),
    pytest.param(mention(thread_ts=ROOT), ROOT, id="a mention in a thread"),
    pytest.param(mention(edited={"user": "U1", "ts": NOW}), NOW, id="a mention that an edit brought in"),
    pytest.param(mention(subtype=None, files=FILES, upload=False), NOW, id="a mention with a file"),
    pytest.param(message("<@UBOT> see", channel_type="group"), NOW, id="a mention in a private channel"),
    pytest.param(message("<@UBOT> see", channel_type="mpim"), NOW, id="a mention among several"),
    pytest.param(BROADCAST, ROOT, id="a mention in a reply sent to the channel too"),
    pytest.param(message("<@UBOT> waves", subtype="me_message"), NOW, id="a mention in a /me"),
    pytest.param(reply("<@U2> ask <@UBOT>"), ROOT, id="a mention beside somebody else's"),
    pytest.param(direct(), NOW, id="a direct message"),
    pytest.param(direct(thread_ts=ROOT), ROOT, id="a reply in a direct message"),
    pytest.param(direct("see <@U2>"), NOW, id="a direct message about somebody"),
    pytest.param(direct("", subtype="file_share", files=FILES), NOW, id="a file in a direct message"),
]
IF_IT_TAKES_PART = [
    pytest.param(reply(), id="a reply"),
    pytest.param(reply(channel_type="mpim"), id="a reply among several"),
    pytest.param(reply("see", subtype="file_share", files=FILES), id="a reply with a file"),
    pytest.param(reply(subtype="thread_broadcast"), id="a reply sent to the channel too"),
    pytest.param(reply("&lt;@UBOT&gt; is how you mention it"), id="a mention that is quoted as text"),
]
OWN_POST: dict[str, Any] = {
    "user": "UBOT",
    "bot_id": "B1",
    "app_id": "A1",
    "bot_profile": {"id": "B1", "user_id": "UBOT"},
}
NOT_FOR_THE_AGENT = [
    pytest.param(message(), "not addressed", id="a message to nobody"),
    pytest.param(message("hi", thread_ts=NOW), "not addressed", id="the root of a thread that has replies"),
    pytest.param(message("<@U2> hello"), "not addressed", id="a mention of somebody else"),
    pytest.param(reply("<@U2> can you?"), "someone else", id="a reply to somebody else"),
    pytest.param(message(channel_type="mpim"), "not addressed", id="a message among several"),
    pytest.param(reply(**OWN_POST), "an app", id="its own reply"),
    pytest.param(direct(user="UBOT"), "an app", id="its own message without a bot_id"),
    pytest.param(mention(bot_id="B2", user="U9"), "an app", id="a mention by another bot"),
    pytest.param(direct(bot_id="B2"), "an app", id="a direct message of another bot"),
    pytest.param(direct(user="USLACKBOT"), "Slack", id="a notice of Slack"),
    pytest.param(direct(user="USLACK"), "Slack", id="a notice of Slack in an agent's messages"),
    pytest.param(message("<@UBOT>", subtype="bot_message", user=None), "subtype", id="a classic app"),
    pytest.param(message(subtype="channel_join", inviter="U2"), "subtype", id="somebody joins"),
    pytest.param(direct(subtype="assistant_app_thread"), "subtype", id="the root of an old assistant's thread"),
    pytest.param(message(subtype="ekm_access_denied", user="UREVOKEDU"), "subtype", id="a message nobody may see"),
    pytest.param(direct(channel=None), "no channel", id="a message from nowhere"),
    pytest.param({}, "Slack", id="an event without anything"),
]


def changed(subtype: str, **inner: Any) -> Event:
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": "C1",
        "ts": NOW,
        "channel_type": "im",
    } | inner


HIDDEN = [
    pytest.param(changed("message_changed", message=mention(), previous_message=message()), id="an edit"),
    pytest.param(changed("message_deleted", deleted_ts=ROOT, previous_message=mention()), id="a deletion"),
    pytest.param(changed("message_replied", message=mention()), id="a note about a reply"),
]


@pytest.mark.parametrize(("event", "thread_ts"), FOR_THE_AGENT)
def test_a_message_to_the_agent_is_for_the_conversation_of_its_thread(event: Event, thread_ts: str) -> None:
    decision = read(body(event), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.thread == Thread(team="T1", channel=event["channel"], thread_ts=thread_ts)
    assert (decision.message.ts, decision.message.user) == (NOW, "U1")
    assert event["text"] in decision.message.text
    assert not decision.only_if_taking_part


@pytest.mark.parametrize("event", IF_IT_TAKES_PART)
def test_a_reply_to_nobody_is_for_the_agent_if_it_takes_part_in_the_thread(event: Event) -> None:
    decision = read(body(event), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.thread.thread_ts == ROOT
    assert decision.only_if_taking_part


@pytest.mark.parametrize(("event", "reason"), NOT_FOR_THE_AGENT)
def test_a_message_that_is_not_for_the_agent_is_ignored_with_a_reason(event: Event, reason: str) -> None:
    decision = read(body(event), BOT)

    assert isinstance(decision, Ignored)
    assert reason in decision.reason


@pytest.mark.parametrize("event", HIDDEN)
def test_an_event_about_a_change_is_not_read_as_a_message(event: Event) -> None:
    assert isinstance(read(body(event), BOT), Ignored)


def test_both_events_of_a_mention_are_one_message_in_one_thread() -> None:
    decisions = [read(body(event), BOT) for event in (message("<@UBOT> hello"), mention())]

    assert decisions[0] == decisions[1]


def test_a_message_keeps_slacks_own_text() -> None:
    decision = read(body(mention("<@UBOT> is 1 &lt; 2, <@U2|ben>?")), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message == UserMessage(ts=NOW, user="U1", text="<@UBOT> is 1 &lt; 2, <@U2|ben>?", direct=False)


def test_only_a_direct_message_is_marked_as_one() -> None:
    decisions = [read(body(event), BOT) for event in (direct(), mention(), message("<@UBOT>", channel_type="mpim"))]

    assert [isinstance(one, IncomingMessage) and one.message.direct for one in decisions] == [True, False, False]


@pytest.mark.parametrize(("event", "addressed"), [(mention(), True), (direct(), True), (reply(), False)])
def test_a_message_says_whether_it_is_written_to_the_agent(event: Event, addressed: bool) -> None:  # noqa: FBT001
    decision = read(body(event), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.addressed == addressed


def test_a_file_comes_with_its_message_and_not_in_its_text() -> None:
    decision = read(body(direct("see", subtype="file_share", files=FILES)), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.text == "see"
    assert decision.message.files == [SlackFile(id="F1", name="plan.pdf", mimetype="application/pdf")]


def test_attachments_come_with_the_message() -> None:
    forwarded = {"author_id": "U2", "text": "from elsewhere", "ts": ROOT}

    decision = read(body(direct("look", attachments=[forwarded])), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.attachments == [forwarded]


@pytest.mark.parametrize("event", [mention(), direct(), reply()])
@pytest.mark.parametrize(
    "named", [{"action_token": "12.34.ab-c"}, {"assistant_thread": {"action_token": "12.34.ab-c"}}]
)
def test_the_permission_to_search_for_its_author_comes_with_the_message(event: Event, named: Event) -> None:
    decision = read(body(event | named), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.action_token == "12.34.ab-c"


@pytest.mark.parametrize("token", [None, 5, ["1"], {}, "", " ", "1\n2", "ä", "x" * 201])
@pytest.mark.parametrize("is_nested", [False, True])
def test_what_cannot_be_such_a_permission_is_not_stored(token: Any, is_nested: bool) -> None:  # noqa: FBT001
    named = {"assistant_thread": {"action_token": token}} if is_nested else {"action_token": token}
    decision = read(body(mention(**named)), BOT)

    assert isinstance(decision, IncomingMessage)
    assert "action_token" not in decision.message.model_fields_set


@pytest.mark.parametrize("thread", [None, "1", [{"action_token": "1"}]])
def test_a_thread_of_any_shape_in_an_event_is_no_permission(thread: Any) -> None:
    decision = read(body(mention(assistant_thread=thread)), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.action_token == ""


def test_a_plain_message_is_stored_without_empty_fields() -> None:
    decision = read(body(mention()), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.message.model_fields_set.isdisjoint({"team", "files", "attachments", "unseen"})


HOST = {"team_id": "T9"}  # the envelope of an event in a channel that another workspace hosts


@pytest.mark.parametrize(
    ("fields", "outer", "team"),
    [
        ({"team": "T1"}, {}, ""),
        ({"team": "T1"}, HOST, ""),
        ({"team": "T1", "user_team": "T1", "source_team": "T1"}, HOST, ""),
        ({"team": "T9", "user_team": "T9", "source_team": "T9"}, {}, "T9"),
        ({"team": "T1", "user_team": "T9"}, {}, "T9"),
        ({"team": None, "source_team": "T9"}, {}, "T9"),
        ({"team": None}, HOST, "T9"),
        ({"team": "T1", "user_team": "E1"}, {}, ""),  # an organisation is not a workspace
        ({"team": None, "user_team": ["T9"]}, {}, ""),
    ],
)
def test_a_message_names_its_authors_workspace_if_it_is_another_one(
    fields: Event, outer: dict[str, Any], team: str
) -> None:
    decision = read(body(mention(**fields), **outer), BOT)

    assert isinstance(decision, IncomingMessage)
    assert (decision.thread.team, decision.message.team) == ("T1", team)


WEBHOOK: Event = {
    "subtype": "bot_message",
    "user": None,
    "bot_id": "B2",
    "app_id": "A2",
    "username": "deploybot",
    "bot_profile": {"id": "B2", "app_id": "A2", "name": "deploybot"},
}


@pytest.mark.parametrize("allowed", ["b2", "a2"])
def test_an_app_is_allowed_by_its_id_or_the_id_of_its_bot(allowed: str) -> None:
    decision = read(body(mention(**WEBHOOK)), BOT, [allowed])

    assert isinstance(decision, IncomingMessage)
    assert decision.message.from_app


def test_the_names_that_an_app_gives_itself_allow_it_nothing() -> None:
    decision = read(body(mention(**WEBHOOK)), BOT, ["deploybot"])

    assert isinstance(decision, Ignored)


@pytest.mark.parametrize(
    ("event", "says_stop"),
    [
        pytest.param(reply("stop"), True, id="a reply"),
        pytest.param(mention("<@UBOT> stop", thread_ts=ROOT), True, id="a reply with a mention"),
        pytest.param(direct("Cancel!", thread_ts=ROOT), True, id="a reply in a direct message"),
        pytest.param(mention("<@UBOT> stop"), False, id="the root of a thread"),
        pytest.param(direct("stop"), True, id="the root of a thread in a direct message"),
        pytest.param(reply("stop", subtype="file_share", files=FILES), False, id="a reply with a file"),
        pytest.param(reply("stop the world"), False, id="a reply that says more"),
    ],
)
def test_a_reply_and_a_direct_message_can_say_stop(event: Event, says_stop: bool) -> None:  # noqa: FBT001
    decision = read(body(event), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.says_stop == says_stop


@pytest.mark.parametrize(
    ("outer", "team"),
    [
        (
            {"team_id": "T9"},
            "T1",
        ),  # Slack Connect: the event happened in another workspace than the one that installed the app
        ({"team_id": "T9", "authorizations": []}, "T9"),
        ({"team_id": None, "authorizations": None}, "T1"),
    ],
)
def test_the_team_is_the_one_that_installed_the_app(outer: dict[str, Any], team: str) -> None:
    decision = read(body(mention(user_team="T9", source_team="T9"), **outer), BOT)

    assert isinstance(decision, IncomingMessage)
    assert decision.thread.team == team
