"""Addresses in texts, as Slack stores them and as its rich text tells them."""

from __future__ import annotations

import pytest

from emulators.slack.presentation.rich_text import generated_block, stored


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("see https://x.org/?a=1&b=2.", "see <https://x.org/?a=1&amp;b=2>."),
        ("&lt;https://x.org/?a&amp;b&gt;", "&lt;<https://x.org/?a&amp;b>&gt;"),
        ("<https://x.org/?a&amp;b|Q&amp;A>", "<https://x.org/?a&amp;b|Q&amp;A>"),
    ],
)
def test_an_address_ends_where_the_text_goes_on(sent: str, kept: str) -> None:
    assert stored(sent) == kept


def test_rich_text_tells_links_without_escapes() -> None:
    block = generated_block("<https://x.org/?a=1&amp;b=2|Q&amp;A>", "1.000000")

    assert block["elements"][0]["elements"] == [{"type": "link", "url": "https://x.org/?a=1&b=2", "text": "Q&A"}]
