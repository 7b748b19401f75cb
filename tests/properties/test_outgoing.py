"""Properties of the outlet for the model's text: for any text, and wherever it is cut into pieces."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from agent_worker.slack.blocks import markdown_split, posts
from agent_worker.slack.blocks.links import TO_ALL_HOSTS, LinkPolicy
from agent_worker.slack.blocks.mentions import neutralise
from agent_worker.slack.blocks.outgoing import Outgoing, safe
from agent_worker.slack.blocks.outlet import Outlet, line
from tests.support.agent_worker.broadcasts import WORKING

TOKENS = (
    *("<!channel>", "<!here|x>", "<!subteam^S1>", "<@U1>", "<@U2|b>", "@here", "@everyone", "<", "!", "@", ">", "|"),
    *("ttps://evil.example", "://evil.example", ".evil.example", "<@U2|h>", "<@U3|www>", "<@U4>"),
    *("[", "](", ")", "![", "]:", "`", "```\n", "~~~\n", "\\", "\n", " ", "a", "here", "channel", "<!", "<@"),
    *(
        "https://evil.example",
        "https://",
        "www.",
        "evil.example",
        "[a](https://evil.example)",
        "<img src='https://e.example'>",
    ),
    *("**", "_", "&lt;", "&#64;", "&", ";", "\x00", "\N{ZERO WIDTH SPACE}", "\r", "(", "/", "- ", "> ", "    "),
)
texts = st.one_of(st.text(), st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
names_chosen = st.one_of(
    texts, st.sampled_from(["here", "<!channel>", "@everyone", "h", "a www.", "www.evil.example", "](x)"])
)
ONLY_OURS = LinkPolicy(frozenset({"ours.example"}))


def cuts_of(text: str) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, len(text)), max_size=10).map(sorted)


@given(data=st.data(), text=texts, name=names_chosen)
def test_wherever_a_text_is_cut_the_whole_that_is_posted_is_the_same_and_notifies_nobody(
    data: st.DataObject, text: str, name: str
) -> None:
    cuts = data.draw(cuts_of(text))
    names = {"U1": "anna", "U2": name, "U4": name}
    outlet = Outgoing(TO_ALL_HOSTS, ["U1"], names)

    pieces = [outlet.add(text[start:end]) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    posted = "".join([*pieces, outlet.end()])

    assert posted == safe(text, TO_ALL_HOSTS, ["U1"], names)
    assert WORKING.search(posted) is None


@given(text=texts, name=names_chosen)
@example("[a](https://ours.example)\N{ZERO WIDTH SPACE}![x](https://evil.example/?q)", "ben")
@example("<@U4>ttps://evil.example", "h")
@example("[x]<@U4>", "(https://evil.example)")
@example("<@U4>/?q", "Anna www.evil.example")
@example("<@U2|Anna www.>evil.example", "ben")
def test_outside_of_code_no_picture_and_no_link_to_another_host_is_left(text: str, name: str) -> None:
    shown = safe(text.replace("`", "'").replace("~", "-"), ONLY_OURS, names={"U4": name})

    outside = re.sub(r"`[^`]*`", "", shown)
    assert re.search(r"!\[[^\[\]\n]*\]\(https?:", outside) is None
    assert re.search(r"(?<![^\W_])https?:/*[\w.-]", outside.replace("https://ours.example", "")) is None
    assert re.search(r"(?<![^\W_])www\.[\w-]", outside, re.IGNORECASE) is None


@given(text=texts, name=names_chosen)
def test_an_answer_is_posted_in_no_form_that_notifies(text: str, name: str) -> None:
    shown = Outlet().markdown(text, (), {"U2": name, "U4": name})
    parts = [
        post for part in markdown_split.split(shown, 300) if not posts.is_blank(part) for post in posts.answer(part, ())
    ]

    in_plain_text = [plain for part in parts for plain in posts.plain(part, ())]

    for post in [*parts, *in_plain_text]:
        everything = post.text + "".join(block["text"] for block in post.blocks)
        assert WORKING.search(everything) is None


@given(text=texts)
def test_a_title_or_a_status_notifies_nobody_and_holds_no_address(text: str) -> None:
    shown = line(text)

    assert neutralise(shown, ()) == shown
    assert "://" not in shown
