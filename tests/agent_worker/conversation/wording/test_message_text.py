"""Promises of a message's text: it is what a person sees in Slack, whoever or whatever wrote the message."""

from __future__ import annotations

from typing import Any

import pytest

from agent_worker.conversation.wording.message_text import message_text

NAMES = {"U1": "Anna", "C2": "random", "S2": "on-call", "UBOT": "agent"}


def shown(message: dict[str, Any]) -> str:
    return message_text(message, bot_user_id="UBOT", names=NAMES)


def test_a_persons_message_is_its_text() -> None:
    blocks = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "no"}]}]}
    ]

    assert shown({"user": "U1", "text": "<@UBOT> hi <@U1>", "blocks": blocks}) == "hi @Anna"


def test_a_message_without_text_is_read_from_its_blocks() -> None:
    message = {
        "user": "U1",
        "text": "",
        "blocks": [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "user", "user_id": "UBOT"},
                            {"type": "text", "text": " ask "},
                            {"type": "user", "user_id": "U1"},
                            {"type": "text", "text": " in "},
                            {"type": "channel", "channel_id": "C2"},
                            {"type": "text", "text": " if <@U1> & co "},
                            {"type": "link", "url": "https://x.example/?a=1&b=2", "text": "read this"},
                            {"type": "emoji", "name": "tada"},
                            {"type": "broadcast", "range": "here"},
                            {"type": "usergroup", "usergroup_id": "S2"},
                            {"type": "text", "text": "x = 1", "style": {"code": True}},
                        ],
                    },
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "offset": 1,
                        "elements": [
                            {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in "ab"
                        ],
                    },
                    {
                        "type": "rich_text_list",
                        "style": "bullet",
                        "indent": 1,
                        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "c"}]}],
                    },
                    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said\nso"}]},
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a &lt; b\n  c"}]},
                ],
            }
        ],
    }

    assert shown(message).split("\n") == [
        "ask @Anna in #random if <@U1> & co read this (https://x.example/?a=1&b=2):tada:@here@on-call`x = 1`",
        "2. a",
        "3. b",
        "    • c",
        "> said",
        "> so",
        "```",
        "a < b",
        "  c",
        "```",
    ]


def test_an_apps_post_is_what_its_blocks_show_not_what_its_notification_says() -> None:
    message = {
        "bot_id": "B1",
        "text": "A fallback",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Build &amp; test"}},
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "*Passed* for <@U1>"},
                "fields": [{"type": "mrkdwn", "text": "Branch"}, {"type": "plain_text", "text": "main"}],
            },
            {"type": "divider"},
            {"type": "markdown", "text": "if a <b and c> d: <@U1> `&lt;`"},
            {"type": "image", "image_url": "https://x.example/c.png", "alt_text": "a chart"},
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "by <!subteam^S2>"}, {"type": "image", "alt_text": "logo"}],
            },
            {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Retry"}}]},
            {"type": "newer_than_this", "title": {"type": "plain_text", "text": "Still readable"}},
        ],
    }

    assert shown(message).split("\n") == [
        "Build & test",
        "*Passed* for @Anna",
        "Branch",
        "main",
        "if a <b and c> d: @Anna `&lt;`",
        "[image: a chart]",
        "by @on-call",
        "logo",
        "Still readable",
    ]


@pytest.mark.parametrize("blocks", [None, [], [{"type": "divider"}], [{"type": "section"}], "odd", [None, 3]])
def test_an_apps_post_whose_blocks_say_nothing_is_its_text(blocks: object) -> None:
    assert shown({"subtype": "bot_message", "text": "The &lt;text&gt;", "blocks": blocks}) == "The <text>"


def test_a_pasted_table_is_read_row_by_row() -> None:
    cell = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "NY"}]}],
    }
    rows = [
        [{"type": "raw_text", "text": "State"}, {"type": "raw_text", "text": "Alerts"}],
        [cell, {"type": "raw_number", "value": 3}],
    ]
    message = {
        "user": "U1",
        "text": "Look:",
        "attachments": [{"blocks": [{"type": "table", "rows": rows}], "fallback": "[no preview]"}],
    }

    assert shown(message) == "Look:\nState | Alerts\nNY | 3"


def test_a_forwarded_message_is_read_with_its_author() -> None:
    forwarded = {
        "is_share": True,
        "author_id": "U1",
        "author_name": "anna.b",
        "text": "We need &gt; 3 of <@U9|bob>",
        "fallback": "[14 Nov] anna.b: We need",
        "footer": "Slack Conversation",
        "files": [{"name": "plan.pdf", "mimetype": "application/pdf"}],
    }

    assert shown({"user": "U2", "text": "see", "attachments": [forwarded]}) == (
        "see\nAnna: We need > 3 of @bob\n[file: plan.pdf (application/pdf)]"
    )


def test_a_forwarded_message_without_text_is_read_from_its_blocks() -> None:
    inner = {"message": {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]}}

    assert shown({"text": "", "attachments": [{"author_name": "bob", "message_blocks": [inner]}]}) == "bob: Hello"


def test_an_attachment_shows_its_parts_and_falls_back_only_without_them() -> None:
    attachment = {
        "pretext": "New issue",
        "title": "Crash &amp; burn",
        "title_link": "https://x.example/1",
        "text": "It crashes",
        "fields": [{"title": "Priority", "value": "high"}, {"value": "untitled"}, "odd"],
        "fallback": "never shown",
    }

    assert shown({"bot_id": "B1", "text": "", "attachments": [attachment, {"fallback": "only this"}]}) == (
        "New issue\nCrash & burn (https://x.example/1)\nIt crashes\nPriority: high\nuntitled\nonly this"
    )


def test_files_are_named_with_their_type() -> None:
    files = [{"name": "a.png", "mimetype": "image/png"}, {"title": "Untyped"}, {}, None]

    assert (
        shown({"user": "U1", "text": "<@UBOT>", "files": files})
        == "[file: a.png (image/png)]\n[file: Untyped]\n[file: unnamed]"
    )
