"""Promises of Slack's markup: its text reads as Slack shows it, without the bot's own mention.

What any text may do to it is proved in tests/properties/test_text.py, and how long it takes in test_growth.py.
"""

from __future__ import annotations

import pytest

from agent_worker.conversation.wording.slack_markup import channel_mentions, plain, user_mentions

NAMES = {"U1": "Anna", "C2": "random", "S2": "on-call", "UBOT": "agent"}


def read(text: str) -> str:
    return plain(text, bot_user_id="UBOT", names=NAMES)


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
