"""Promises of links: each says where it leads, and where it may not lead there is none."""

from __future__ import annotations

import pytest

from agent_worker.slack.blocks.links import TO_ALL_HOSTS, LinkPolicy, address, ascii_host

ONLY_OURS = LinkPolicy(frozenset({"ours.example", "*.ours.example"}))
CYRILLIC_A = "\N{CYRILLIC SMALL LETTER A}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.example/a?b#c", "evil.example"),
        ("HTTPS://Evil.Example", "evil.example"),
        ("https://bank.example@evil.example/x", "evil.example"),
        ("https://bank.example:x@evil.example:8443", "evil.example"),
        ("https:evil.example", "evil.example"),
        ("https:///evil.example", "evil.example"),
        ("https://%65vil.example", "evil.example"),
        ("https://evil\N{IDEOGRAPHIC FULL STOP}example", "evil.example"),
        (f"https://b{CYRILLIC_A}nk.example", "xn--bnk-6cd.example"),
        ("https://ev\N{ZERO WIDTH SPACE}il.example", "evil.example"),
        ("https://evil.example.", "evil.example"),
        ("https://[::1]/", "[::1]"),
        ("mailto:anna@evil.example", "evil.example"),
    ],
)
def test_the_host_is_the_one_to_which_a_browser_goes(url: str, host: str) -> None:
    found = address(url)

    assert found is not None
    assert found.host == host
    assert found.url.isascii()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "/path",
        "evil.example",
        "https://",
        "https://ours.example\\@evil.example",
        "https://ours.example&sol;@evil.example",
        "https://a b",
        "https://" + "a" * 300,
        "mailto:a@b@c",
    ],
)
def test_where_it_is_not_sure_where_an_address_leads_there_is_no_link(url: str) -> None:
    assert address(url) is None
    assert TO_ALL_HOSTS.link(url, "click") is None


@pytest.mark.parametrize(
    "label",
    [
        "the report",
        "example.org",
        "https://example.org",
        "https://example.org/report.html",
        "www.example.org",
        "EXAMPLE.org",
        "1.5 times",
        "and so on...",
    ],
)
def test_a_label_that_names_no_other_host_stays_as_it_is(label: str) -> None:
    assert TO_ALL_HOSTS.link("https://example.org/report.html", label) == f"[{label}](https://example.org/report.html)"


@pytest.mark.parametrize(
    "label",
    [
        "https://bank.example",
        "bank.example/login",
        "BANK.EXAMPLE",
        "**bank**.example",
        r"bank\.example",
        "bank&#46;example",
        "bank&period;example",
        "bank\N{FULLWIDTH FULL STOP}example",
        "bank\N{IDEOGRAPHIC FULL STOP}example",
        "bank\N{LISU LETTER TONE MYA TI}example",
        "bank\N{MIDDLE DOT}example",
        "Bank (bank.example)",
        f"b{CYRILLIC_A}nk.example",
        "10.0.0.1",
        "https://localhost",
        "https://evil.example@bank.example",
        "safe@bank.example",
    ],
)
def test_a_label_that_looks_like_another_address_shows_the_real_host(label: str) -> None:
    shown = TO_ALL_HOSTS.link("https://evil.example/x", label)

    assert shown is not None
    assert shown.endswith(" (evil.example)](https://evil.example/x)")


def test_signs_that_cannot_be_seen_do_not_hide_a_host_in_a_label() -> None:
    shown = TO_ALL_HOSTS.link("https://evil.example", "ba\N{ZERO WIDTH SPACE}nk.\N{RIGHT-TO-LEFT OVERRIDE}example")

    assert shown == "[bank.example (evil.example)](https://evil.example)"


def test_a_host_in_letters_that_look_like_others_is_shown_as_the_network_knows_it() -> None:
    shown = TO_ALL_HOSTS.link(f"https://b{CYRILLIC_A}nk.example", f"b{CYRILLIC_A}nk.example")

    assert shown == f"[b{CYRILLIC_A}nk.example (xn--bnk-6cd.example)](https://xn--bnk-6cd.example)"


def test_an_address_without_a_label_is_its_own() -> None:
    assert TO_ALL_HOSTS.link("https://example.org", "") == "[https://example.org](https://example.org)"
    assert (
        TO_ALL_HOSTS.link("https://example.org", "\N{ZERO WIDTH SPACE}") == "[https://example.org](https://example.org)"
    )


@pytest.mark.parametrize("host", ["ours.example", "docs.ours.example", "a.b.ours.example"])
def test_links_to_the_hosts_of_the_setting_are_links(host: str) -> None:
    assert ONLY_OURS.link(f"https://{host}/x", "see") == f"[see](https://{host}/x)"


@pytest.mark.parametrize(
    "host", ["evil.example", "ours.example.evil.example", "notours.example", "example", "xours.example"]
)
def test_links_to_other_hosts_are_text_that_names_the_host(host: str) -> None:
    assert ONLY_OURS.link(f"https://{host}/?q=secret", "see") == f"see (`{host}/?q=secret`)"
    assert ONLY_OURS.bare(f"https://{host}/x", in_emphasis=False) == f"`{host}/x`"


def test_a_label_that_is_an_address_is_no_link_either() -> None:
    assert ONLY_OURS.link("https://evil.example", "https://bank.example") == (
        "https:\N{ZERO WIDTH SPACE}//bank.example (`evil.example`)"
    )
    assert ONLY_OURS.link("https://evil.example/x", "https://evil.example/x") == "`evil.example/x`"


def test_an_address_in_emphasis_is_a_link_of_its_own_so_that_the_marks_stay_outside() -> None:
    assert TO_ALL_HOSTS.bare("https://x.example/a", in_emphasis=True) == "[https://x.example/a](https://x.example/a)"


def test_a_name_that_is_no_host_is_none() -> None:
    assert ascii_host("a..b") == ascii_host("") == ascii_host("a b") == ascii_host("-" * 400) == ""


def test_links_into_the_agents_own_workspace_stay_links_whatever_other_hosts_are_allowed() -> None:
    policy = ONLY_OURS.and_into("https://Team.slack.com/")
    message = "https://team.slack.com/archives/C1/p1764234567000100"

    assert policy.link(message, "Anna") == f"[Anna]({message})"
    assert policy.label(message, "Anna") == "Anna"
    assert policy.bare(message, in_emphasis=False) == message
    assert policy.link("https://evil.slack.com/archives/C1", "Anna") == "Anna (`evil.slack.com/archives/C1`)"
    assert policy.link("https://ours.example", "us") == "[us](https://ours.example)"


@pytest.mark.parametrize("url", ["", "nowhere", "https://"])
def test_a_workspace_whose_address_nobody_knows_adds_no_host(url: str) -> None:
    assert ONLY_OURS.and_into(url) == ONLY_OURS


def test_where_links_may_lead_to_all_hosts_they_still_do() -> None:
    assert TO_ALL_HOSTS.and_into("https://team.slack.com/").allows("elsewhere.example")
