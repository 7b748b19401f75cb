from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_worker.conversation.slack_markup import channel_mentions, message_text, plain, user_mentions

BOT = "UBOT"
NAMES = {"U1": "Anna", "C2": "random", "S2": "on-call", "UBOT": "agent"}
FRAGMENTS = [
    *(
        "<",
        ">",
        "|",
        "<@",
        "<@U1>",
        "<@U9|bob>",
        "<@UBOT>",
        "<#C1|general>",
        "<#C2>",
        "<!here>",
        "<!subteam^S1|@ops>",
        "^",
    ),
    *(
        "<!date^1^{date}|today>",
        "<https://x.example|x>",
        "<mailto:a@b|a@b>",
        "&lt;",
        "&amp;",
        "&gt;",
        " ",
        "\n",
        ",",
        ":",
    ),
    *("word", ":tada:", "`code`", "```\n", "    ", "é"),
]


def read(text: str) -> str:
    return plain(text, bot_user_id=BOT, names=NAMES)


def shown(message: dict[str, Any]) -> str:
    return message_text(message, bot_user_id=BOT, names=NAMES)


def test_mentions_are_listed_once_each_in_their_order() -> None:
    text = "<@U2> and <@W1|wanda> and <@U2|two> in <#C1|general>, <#C2>, <#C1>, not &lt;@U3&gt; <!here>"

    assert user_mentions(text) == ["U2", "W1"]
    assert channel_mentions(text) == ["C1", "C2"]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<@U1> and <@U9|bob> and <@U9>", "@Anna and @bob and @U9"),
        ("<#C1|general> <#C2|> <#C3>", "#general #random #C3"),
        ("<!subteam^S1|@ops> <!subteam^S2> <!subteam^S3>", "@ops @on-call @S3"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("due <!date^1700000000^{date_short} at {time}|14 Nov, 22:13>", "due 14 Nov, 22:13"),
        ("<!date^1700000000^{date}>", "{date}"),
        ("<!unknown^1|a label>", "a label"),
        ("<https://x.example/?a=1&amp;b=2|the &lt;docs&gt;>", "the <docs> (https://x.example/?a=1&b=2)"),
        ("<https://x.example> <https://x.example|https://x.example>", "https://x.example https://x.example"),
        ("<http://x.example|x.example>", "http://x.example"),
        ("<mailto:a@b.example|a@b.example> <mailto:a@b.example|Anna>", "a@b.example Anna (a@b.example)"),
        ("<tel:+4912|+4912>", "+4912"),
    ],
)
def test_a_token_reads_as_slack_shows_it(written: str, seen: str) -> None:
    assert read(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&lt;@U1&gt; &lt;!here&gt;", "<@U1> <!here>"),
        ("&amp;lt;@U1&amp;gt;", "&lt;@U1&gt;"),
        (
            "`x = 1`\n```\n  if a &lt; b:\n\tpass\n```  :tada:  *bold*",
            "`x = 1`\n```\n  if a < b:\n\tpass\n```  :tada:  *bold*",
        ),
    ],
)
def test_escaped_text_is_unescaped_once_and_is_never_a_token(written: str, seen: str) -> None:
    assert read(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<@UBOT> hello", "hello"),
        ("<@UBOT|agent>, hello", "hello"),
        ("<@UBOT>: hello", "hello"),
        ("<@UBOT> :tada: hello", ":tada: hello"),
        ("<@UBOT>:tada:", ":tada:"),
        ("<@UBOT> <@UBOT>  hello", "hello"),
        ("hey <@UBOT> what now?", "hey what now?"),
        ("hey <@UBOT>, what now", "hey, what now"),
        ("what now, <@UBOT>?", "what now,?"),
        ("is it raining <@UBOT>?", "is it raining?"),
        ("thanks <@UBOT> :tada:", "thanks :tada:"),
        ("thanks <@UBOT>", "thanks"),
        ("(<@UBOT>)", "()"),
        ("one\n<@UBOT> two", "one\ntwo"),
        ("one <@UBOT>\ntwo", "one\ntwo"),
        ("one\n<@UBOT>\n\ntwo", "one\n\ntwo"),
        ("<@UBOT>\n    indented\nlines", "    indented\nlines"),
        ("<@UBOT> ask <@U1> and <@UBOTTOM|bea>", "ask @Anna and @bea"),
        ("<@UBOT>", ""),
    ],
)
def test_only_the_bots_own_mention_is_taken_out(written: str, seen: str) -> None:
    assert read(written) == seen


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30).map("".join))
@settings(deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    assert "<@UBOT>" not in read(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example("&lt;@U1&gt; &amp;amp;")
@settings(deadline=None)
def test_what_a_person_typed_comes_back_as_they_typed_it(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert read(escaped) == typed


@pytest.mark.parametrize(
    "hostile", [" ", "\n", "<", "<@UBOT> ", "<@UBOT|", "<!", "<a:", ":", "&", "<@UBOT>:a", "<#C1|"]
)
def test_hostile_repetition_takes_no_time_to_speak_of(hostile: str) -> None:
    assert read("x " + (hostile * 40_000)[:40_000] + "end").endswith("end")


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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(FRAGMENTS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "blocks", "attachments", "fields", "files", "rows", "message", "style"]
            ),
            inner | st.sampled_from(["rich_text", "rich_text_list", "section", "markdown", "table", "link", "user"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(["text", "blocks", "attachments", "files", "bot_id"]), JSON))
@settings(deadline=None, max_examples=150)
def test_a_message_of_any_shape_can_be_read(message: dict[str, Any]) -> None:
    assert isinstance(shown(message), str)
