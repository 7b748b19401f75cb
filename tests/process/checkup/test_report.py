"""Promises of how findings are shown: mark, facts and remedy in lines, everything in one JSON object, no secrets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from process.checkup.checks import Check
from process.checkup.finding import Finding, Outcome, ok, quoted
from process.checkup.report import WIDTH, tell

TOKEN = "xoxb-1234-abcdefgh"


async def shown(*findings: Finding, secrets: tuple[str, ...] = (), is_json: bool = False) -> tuple[int, str]:
    """The exit code, and all that is written."""

    async def nothing() -> Outcome:
        return ok("")

    async def results() -> AsyncIterator[tuple[Check, list[Finding]]]:
        for finding in findings:
            yield Check(finding.section, finding.check, nothing), [finding]

    written: list[str] = []
    code = await tell(results(), secrets, is_json=is_json, write=written.append)
    return code, "\n".join(written)


async def test_a_finding_is_a_line_with_its_mark_and_below_it_how_to_mend_it() -> None:
    code, text = await shown(
        Finding("Slack", "bot token", "ok", "@agent"),
        Finding("Slack", "scopes", "failed", "not granted: files:write", "install it again"),
        Finding("Gemini", "gemini-3.8-flash", "unknown", "HTTP status 503", "try again"),
        Finding("Gemini", "tools", "skipped", "not tried"),
        Finding("Gemini", "quota", "note", "half is used"),
    )

    assert code == 1
    assert text.splitlines() == [
        "Slack",
        "  ✓ bot token            @agent",
        "  ✗ scopes               not granted: files:write",
        "                         → install it again",
        "",
        "Gemini",
        "  ? gemini-3.8-flash     HTTP status 503",
        "                         → try again",
        "  - tools                not tried",
        "  i quota                half is used",
        "",
        "1 thing fails, 1 thing could not be found out, 1 was not tried, 1 note.",
    ]


async def test_where_all_is_well_the_last_line_says_so() -> None:
    assert (await shown(Finding("Slack", "bot token", "ok", "@agent")))[1].splitlines()[-1] == "All is well."


async def test_long_facts_are_broken_between_words_below_each_other() -> None:
    _, text = await shown(Finding("Slack", "scopes", "failed", "word " * 60, "mend " * 60))

    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.splitlines()[2].startswith(" " * 25 + "word")


async def test_as_json_everything_stands_in_one_object() -> None:
    code, text = await shown(
        Finding("Slack", "bot token", "ok", "@agent"), Finding("Slack", "x", "unknown", "?", "ask"), is_json=True
    )

    assert code == 2
    assert json.loads(text) == {
        "exit_code": 2,
        "findings": [
            {"section": "Slack", "check": "bot token", "state": "ok", "found": "@agent", "mend": ""},
            {"section": "Slack", "check": "x", "state": "unknown", "found": "?", "mend": "ask"},
        ],
    }


async def test_a_secret_is_never_shown_not_even_half_of_it_where_a_text_is_cut() -> None:
    for page in (f"no such key {TOKEN}!", "x" * 590 + TOKEN, f"{TOKEN} " * 500):
        finding = Finding("Slack", TOKEN, "failed", f"it says {quoted(page)}", f"do not use {TOKEN}")
        for is_json in (False, True):
            _, text = await shown(finding, secrets=(TOKEN, "ab"), is_json=is_json)

            assert TOKEN[:8] not in text


async def test_what_others_write_steers_no_terminal_and_fills_no_screen() -> None:
    page = "a\x1b[31m\nb" * 5_000

    _, text = await shown(Finding("Slack", "x", "failed", f"it says {quoted(page)}", "mend"))

    assert "\x1b" not in text
    assert len(text) < 2_000
